"""A passkey made of software: answers what a browser and its device would answer."""

import os
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://testserver"
PRESENT, VERIFIED, ATTESTED = (
    AuthenticatorData.FLAG.UP,
    AuthenticatorData.FLAG.UV,
    AuthenticatorData.FLAG.AT,
)


class SoftPasskey:
    """One credential; `verifies`: whether the device asks its owner for a finger or a code."""

    def __init__(self, *, verifies: bool = True):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = os.urandom(16)
        self._flags = PRESENT | VERIFIED if verifies else PRESENT
        self._user_handle = ""

    def create(self, options: dict) -> dict:
        public = options["publicKey"]
        self._user_handle = public["user"]["id"]
        cose = ES256.from_cryptography_key(self._key.public_key())
        held = AttestedCredentialData.create(Aaguid.NONE, self._id, cose)
        flags = self._flags | ATTESTED
        data = AuthenticatorData.create(sha256(public["rp"]["id"].encode()).digest(), flags, 0, held)
        client = CollectedClientData.create("webauthn.create", websafe_decode(public["challenge"]), ORIGIN)
        return self._answer(
            clientDataJSON=websafe_encode(client),
            attestationObject=websafe_encode(AttestationObject.create("none", data, {})),
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def sign(self, options: dict, *, user_handle: str | None = None) -> dict:
        public = options["publicKey"]
        data = AuthenticatorData.create(sha256(public["rpId"].encode()).digest(), self._flags, 1)
        client = CollectedClientData.create("webauthn.get", websafe_decode(public["challenge"]), ORIGIN)
        signature = self._key.sign(data + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=websafe_encode(client),
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=user_handle or self._user_handle,
        )

    def _answer(self, **response: str) -> dict:
        own = websafe_encode(self._id)
        return {
            "type": "public-key",
            "id": own,
            "rawId": own,
            "response": response,
            "clientExtensionResults": {},
        }
