// The script is packed: this unpacks it and runs it. The policy names both.
const packed = document.getElementById("script").textContent;
const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const script = document.createElement("script");
script.textContent = await new Response(stream).text();
document.head.append(script);
script.remove();
