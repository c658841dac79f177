// Passkeys: creates one, or signs in with one, and sends the answer of the browser as an ordinary form.

import { gettext } from "./texts.js";

for (const form of document.querySelectorAll("[data-passkey]")) {
  const supported = window.isSecureContext && "PublicKeyCredential" in window;
  const create = form.dataset.passkey === "create";
  form.hidden = !supported && !create;
  if (!supported && create) {
    report(form, gettext("This browser offers no passkeys at this address: it needs https, or localhost."));
    form.querySelector("button").disabled = true;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    report(form, "");
    try {
      const credential = await (create ? createPasskey() : usePasskey(form.dataset.options));
      form.elements.passkey.value = JSON.stringify(credential);
      form.requestSubmit();
    } catch (error) {
      report(form, explanation(error));
    }
  });
}

function report(form, text) {
  form.querySelector("[data-problem]").textContent = text;
}

function explanation(error) {
  if (error.name === "InvalidStateError") return gettext("This device has a passkey of your account already.");
  if (error.name === "NotAllowedError")
    return gettext("Cancelled, or no passkey answered: try again, or use another way.");
  if (error.name === "SecurityError")
    return gettext("Passkeys need a host name with https, or localhost, in the address.");
  return gettext("The passkey did not work (%(name)s): try again, or use another way.", { name: error.name });
}

async function createPasskey() {
  const { publicKey } = JSON.parse(document.getElementById("passkey-options").textContent);
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.user.id = toBytes(publicKey.user.id);
  publicKey.excludeCredentials = withBytes(publicKey.excludeCredentials);
  const credential = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = credential.response;
  return toJson(credential, { clientDataJSON, attestationObject });
}

async function usePasskey(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("The server did not answer.");
  const { publicKey } = await answer.json();
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.allowCredentials = withBytes(publicKey.allowCredentials);
  const credential = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return toJson(credential, { clientDataJSON, authenticatorData, signature, userHandle });
}

function toJson(credential, response) {
  const encoded = Object.entries(response).map(([name, data]) => [name, data ? toText(data) : null]);
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(encoded.filter(([, text]) => text !== null)),
  };
}

function withBytes(credentials) {
  return (credentials ?? []).map((credential) => ({ ...credential, id: toBytes(credential.id) }));
}

// Base64url, in which WebAuthn writes bytes.
function toBytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function toText(data) {
  const binary = String.fromCharCode(...new Uint8Array(data));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
