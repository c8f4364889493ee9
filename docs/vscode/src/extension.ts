// Starts `derive lsp` and hands it texts, pages and notebooks; all that it finds, it finds there.
import { commands, window, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const SELECTOR = [
  ...["derive", "markdown", "latex", "tex"].map((language) => ({ language })),
  { notebook: "jupyter-notebook", language: "markdown" },
];

let client: LanguageClient | undefined;

async function start(): Promise<void> {
  const [command, ...args] = workspace.getConfiguration("derive").get<string[]>("command", ["derive", "lsp"]);
  const server: ServerOptions = { command: command ?? "derive", args };
  const options: LanguageClientOptions = { documentSelector: SELECTOR };
  client = new LanguageClient("derive", "derive", server, options);
  try {
    await client.start();
  } catch {
    const settings = "Open settings";
    const said = `derive: ${[command, ...args].join(" ")} could not be started. Is derivation-verifier[lsp] installed?`;
    if ((await window.showErrorMessage(said, settings)) === settings) {
      await commands.executeCommand("workbench.action.openSettings", "derive.command");
    }
  }
}

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration("derive.command")) return;
      await deactivate();
      await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop().catch(() => undefined);
  client = undefined;
}
