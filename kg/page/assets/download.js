// Downloads: the picture as SVG and PNG, the graph as Turtle, the claims that pass the filters as CSV.
function save(name, blob) {
const link = make("a", { href: URL.createObjectURL(blob), download: name });
document.body.append(link);
link.click();
link.remove();
setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
function drawingAlone() {
const copy = picture.cloneNode(true);
copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
copy.setAttribute("width", data.size[0]);
copy.setAttribute("height", data.size[1]);
for (const group of copy.querySelectorAll(".labels")) if (!group.classList.contains("wide") || group.getAttribute("lang") !== state.l) group.remove();
const ground = draw("rect", { width: "100%", height: "100%", fill: "#fff" });
copy.prepend(ground);
for (const gone of copy.querySelectorAll(".dim")) gone.setAttribute("opacity", "0.1");
copy.removeAttribute("aria-labelledby");
return new XMLSerializer().serializeToString(copy);
}
// A cell of CSV; one that a spreadsheet would take for a formula is set off with an apostrophe.
const cell = (text) => {
const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
};
const exports = {
svg() { save("graph.svg", new Blob([drawingAlone()], { type: "image/svg+xml" })); },
png() {
const image = new Image();
const address = URL.createObjectURL(new Blob([drawingAlone()], { type: "image/svg+xml" }));
image.onload = () => {
const canvas = make("canvas", { width: data.size[0] * 2, height: data.size[1] * 2 });
canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
canvas.toBlob((blob) => save("graph.png", blob));
URL.revokeObjectURL(address);
};
image.src = address;
},
async ttl() { save("graph.ttl", new Blob([await unpack(data.turtle)], { type: "text/turtle" })); },
csv() {
const head = ["claim", "subject", "property", "value", "mode", "speakers", "about_time", "said", "sources", "clarity", "note", "file"];
const out = [head.join(",")];
claims.forEach((claim, n) => {
if (!passes(n)) return;
const of = claim.e || [];
out.push([claim.i, claim.s.startsWith("c:") ? claim.s : nameOf(claim.s), own("p." + claim.p), valueOf(claim), claim.m, (claim.b || []).map(nameOf).join("; "), timeOf(claim), of.map((e) => inWords(e.d)).join("; "), of.map((e) => e.s + " " + e.a).join("; "), of.map((e) => e.c || "clear").join("; "), [claim.n || ""].flat()[0], claim.y].map(cell).join(","));
});
save("claims.csv", new Blob(["\ufeff" + out.join("\r\n") + "\r\n"], { type: "text/csv" }));
},
};
for (const button of document.querySelectorAll("[data-get]")) button.addEventListener("click", () => { exports[button.dataset.get](); $("downloads").open = false; });
