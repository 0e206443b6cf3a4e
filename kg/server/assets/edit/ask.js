// Questions to the server: each with the token that stood in the address, which is taken out of it at once.
const state = { source: "", address: "", passages: [], pending: new Map() };

const token = (() => {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (given !== null) {
    sessionStorage.setItem("kg-token", given);
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  return sessionStorage.getItem("kg-token") ?? "";
})();

async function ask(name, about = {}) {
  try {
    const reply = await fetch("/edit/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${encodeURIComponent(token)}` },
      body: JSON.stringify({ ask: name, ...about }),
    });
    if (reply.status === 401) {
      return { error: "the token is missing or wrong: open the address that `kg serve --edit` shows", kind: "failed" };
    }
    if (!reply.ok) return { error: (await reply.text()).trim(), kind: "failed" };
    return await reply.json();
  } catch {
    return { error: "the server does not answer: is `kg serve --edit` still running?", kind: "failed" };
  }
}
