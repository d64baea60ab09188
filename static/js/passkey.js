// Joins the page's button to allauth's WebAuthn, and says in words what goes wrong: allauth tells the console only.
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
    return;
  }
  const credential = document.querySelector("input[name=credential]").id;
  const forms = window.allauth.webauthn.forms;
  const login = document.getElementById("passkey-login");
  if (login) {
    forms.loginForm({ ids: { login: "passkey-login", credential } });
  } else {
    forms.signupForm({ ids: { signup: "passkey-add", credential, data: "passkey-options" } });
  }
  // Until now nobody would have heard a click.
  (login || document.getElementById("passkey-add")).disabled = false;
});
