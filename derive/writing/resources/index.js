"use strict";
const box = document.getElementById("word");
const entries = Array.from(document.querySelectorAll(".entry"));
const about = entries.map(one => one.querySelector(".about").textContent.toLowerCase());
function search() {
  const words = box.value.toLowerCase().split(" ").filter(Boolean);
  entries.forEach((one, k) => { one.hidden = !words.every(word => about[k].includes(word)); });
  const shown = entries.filter(one => !one.hidden);
  for (const part of document.querySelectorAll("section")) part.hidden = !part.querySelector(".entry:not([hidden])");
  document.querySelector("nav").hidden = words.length > 0;
  document.getElementById("found").textContent = words.length ? shown.length + " of " + entries.length : "";
  return shown;
}
box.addEventListener("input", search);
box.addEventListener("keydown", event => { if (event.key === "Enter") search()[0]?.querySelector("a").focus(); });
document.getElementById("search").hidden = false;
search();
