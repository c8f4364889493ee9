// Python and derive in a worker: the page stays free, and can end what takes too long by ending the worker.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const say = (kind, more = {}) => postMessage({ kind, ...more });

async function start() {
  const { wheels } = await (await fetch("./files.json")).json();
  const python = await loadPyodide({ indexURL: new URL("./pyodide/", import.meta.url).href });
  say("step", { text: "loading mathematics" });
  await python.loadPackage(wheels.map((name) => new URL(`./wheels/${name}`, import.meta.url).href), {
    messageCallback: () => {},
  });
  python.FS.writeFile("/home/pyodide/answers.py", await (await fetch("./answers.py")).text());
  say("step", { text: "starting" });
  return { python, answers: python.pyimport("answers") };
}

const started = start();
started.then(() => say("ready"), (error) => say("broken", { text: String(error) }));

let newest = 0; // what was asked last; answers to anything older are given up

onmessage = async ({ data }) => {
  newest = data.number;
  const { python, answers } = await started;
  if (data.number !== newest) return;
  let states;
  try {
    states = answers.answered(data.text, data.notation);
    for (const state of states) {
      const plain = state.toJs({ dict_converter: Object.fromEntries });
      state.destroy();
      say("state", { number: data.number, ...plain });
      await new Promise((resolve) => setTimeout(resolve)); // lets a newer text come in
      if (data.number !== newest) return;
    }
    say("done", { number: data.number });
  } catch (error) {
    say("failed", { number: data.number, text: String(error.message ?? error) });
  } finally {
    states?.destroy?.();
  }
};
