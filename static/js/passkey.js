// Says in words what goes wrong while a passkey is made or used: allauth's scripts tell the console only.
document.addEventListener("DOMContentLoaded", () => {
  const texts = JSON.parse(document.getElementById("passkey-texts").textContent);
  const place = document.getElementById("passkey-error");
  const say = (name) => {
    place.textContent = texts[name] || texts.other;
    place.hidden = false;
    place.focus();
  };
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(event.detail.exception.name);
  });
  if (!window.PublicKeyCredential) {
    say("unsupported");
  }
});
