// The page: what is typed goes to the worker after a pause, and what the worker finds is shown as it comes.
const $ = (id) => document.getElementById(id);
const [text, notation, example, status, found] = ["text", "notation", "example", "status", "found"].map($);
const PAUSE = 600; // milliseconds after the last key

let worker, ready, number, waiting, timer;

function begin() {
  worker?.terminate();
  [ready, number, waiting] = [false, 0, null];
  worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => handlers[data.kind](data);
  worker.onerror = (event) => handlers.broken({ text: event.message || "the worker could not be started" });
}

const handlers = {
  step: ({ text }) => say(`Loading: ${text} …`),
  ready() {
    ready = true;
    if (waiting) send(...waiting);
    else if (!text.value.trim()) say("Ready.");
  },
  state(state) {
    if (state.number !== number) return;
    show(state);
    const rest = state.left ? `, ${state.left} to go …` : "";
    say((tally(state) || "Nothing is claimed yet") + rest);
  },
  done({ number: which }) {
    if (which === number) settle();
  },
  failed({ number: which, text: why }) {
    if (which !== number) return;
    say("This is a bug in derive: please report it with the problem.");
    shown([mistaken(why)]);
    settle();
  },
  broken({ text: why }) {
    say("Python could not be started in this browser.");
    shown([mistaken(why)]);
    settle();
  },
};

const say = (words) => { if (status.textContent !== words) status.textContent = words; };
const tally = ({ counts }) => Object.entries(counts).filter(([, n]) => n).map(([word, n]) => `${n} ${word}`).join(", ");

function mistaken(words) {
  const one = document.createElement("pre");
  one.className = "mistaken";
  one.textContent = words;
  return one;
}

function shown(nodes) {
  found.replaceChildren(...nodes);
  found.classList.remove("stale");
}

// What stands open stays open while more is found: lines of derivations are known by their place.
function show(state) {
  const open = [...found.querySelectorAll("details")].map((one) => one.open);
  const holder = document.createElement("template");
  holder.innerHTML = state.html; // written by derive, which escapes all that was typed
  const errors = state.errors.map(({ line, column, message }) =>
    mistaken(line ? `line ${line}, column ${column}: ${message}` : message));
  const told = state.told ? [Object.assign(document.createElement("p"), { textContent: `Taken as: ${state.told}` })] : [];
  shown([...told, ...errors, holder.content]);
  found.querySelectorAll("details").forEach((one, k) => { one.open = open[k] ?? false; });
}

function busy() {
  found.classList.add("stale");
  found.setAttribute("aria-busy", "true");
}

function settle() {
  $("cancel").disabled = true;
  found.setAttribute("aria-busy", "false");
}

function send(problem, written) {
  waiting = [problem, written];
  $("cancel").disabled = false;
  busy();
  if (!ready) return;
  number += 1;
  worker.postMessage({ number, text: problem, notation: written });
  waiting = null;
}

function check() {
  clearTimeout(timer);
  keep();
  if (text.value.trim()) send(text.value, notation.value);
  else { shown([]); settle(); say("Ready."); }
}

function cancel() {
  if ($("cancel").disabled) return;
  clearTimeout(timer);
  begin();
  settle();
  found.classList.remove("stale");
  say("Cancelled. Python starts again, and is ready for the next problem in some seconds.");
}

// The problem stands in the part of the address that browsers send to nobody.
function keep() {
  const held = new URLSearchParams({ text: text.value });
  if (notation.value !== "detect") held.set("notation", notation.value);
  history.replaceState(null, "", text.value.trim() ? `#${held}` : location.pathname + location.search);
}

function take() {
  const held = new URLSearchParams(location.hash.slice(1));
  if (!held.has("text")) return false;
  text.value = held.get("text");
  notation.value = [...notation.options].some((one) => one.value === held.get("notation")) ? held.get("notation") : "detect";
  return true;
}

async function fill() {
  const { examples } = await (await fetch("examples.json")).json();
  for (const { kind, entries } of examples) {
    const group = Object.assign(document.createElement("optgroup"), { label: kind });
    group.append(...entries.map(({ title, text: problem }) => Object.assign(new Option(title, problem))));
    example.append(group);
  }
  return examples[0].entries[0].text;
}

text.addEventListener("input", () => { busy(); clearTimeout(timer); timer = setTimeout(check, PAUSE); });
notation.addEventListener("change", check);
example.addEventListener("change", () => {
  if (!example.value) return;
  [text.value, notation.value] = [example.value, "detect"];
  check();
});
$("check").addEventListener("click", check);
$("cancel").addEventListener("click", cancel);
$("link").addEventListener("click", async () => {
  keep();
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied; it holds the problem.");
  } catch {
    say("The address of this page holds the problem: copy it from there.");
  }
});
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); check(); }
  if (event.key === "Escape") cancel();
});
addEventListener("hashchange", () => { if (take()) check(); });

begin();
const first = await fill();
if (!take()) text.value = first;
check();
