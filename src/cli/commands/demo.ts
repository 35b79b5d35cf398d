import { Readable } from "node:stream";
import type { CliContext } from "../context.ts";
import { exitCodes } from "../exit-code.ts";
import { programName } from "../specs.ts";
import type { Run, Session } from "../session.ts";
import { demoEndText, demoHeadText, demoStepText } from "../views/human/demo.ts";

/**
 * A sample company into an organization of its own, by the commands a user would type: log in, add a profile, plan,
 * apply, plan again. Home and organization are new each time and gone afterwards; nothing of the user's is touched.
 */
export const run: Run = async (_invocation, session) => {
  const { context } = session;
  const demo = await context.startDemo();
  try {
    const sandbox = await context.startSandbox({ dialect: "official-cloud" });
    try {
      await session.write(demoHeadText({ home: demo.home, url: sandbox.url }, await session.screen()));
      const inside: CliContext = {
        ...context,
        environment: ownEnvironment(context),
        workingDirectory: demo.home,
        prompts: nobody,
      };
      const code = await walk(session, demo.home, inside, [
        {
          step: "login",
          argv: [
            "login",
            "--server",
            sandbox.url,
            "--client-id",
            sandbox.clientId,
            "--client-secret-stdin",
            "--sealed",
          ],
          stdin: sandbox.clientSecret,
        },
        { step: "profile", argv: ["profile", "add", "main", "--directory", "file", "--path", demo.directoryFile] },
        { step: "plan", argv: ["plan", "--out", "plan.jsonl"], question: true },
        { step: "apply", argv: ["apply", "plan.jsonl"] },
        { step: "again", argv: ["plan", "--full", "--detailed-exitcode"] },
      ]);
      if (code === exitCodes.done) await session.write(demoEndText({ home: demo.home }, await session.screen()));
      return code === declined ? exitCodes.done : code;
    } finally {
      await sandbox.close();
    }
  } finally {
    await demo.remove();
  }
};

interface Step {
  readonly step: string;
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** Ask before going on. */
  readonly question?: true;
}

const declined = -1;

/** Runs one step after the other; the first that fails ends it. */
const walk = async (session: Session, home: string, context: CliContext, steps: readonly Step[]): Promise<number> => {
  for (const { step, argv, stdin, question } of steps) {
    const screen = await session.screen();
    await session.write(demoStepText({ step, command: `${programName} ${argv.join(" ")}` }, screen));
    const code = await session.again([...argv, "--home", home, ...inherited(session)], {
      ...context,
      ...(stdin === undefined ? {} : { stdin: Readable.from([stdin]) }),
    });
    if (code !== exitCodes.done) return code;
    if (question === true && !(await agreed(session))) {
      await session.write(`\n${screen.words.format("cli.demo.declined")}\n`);
      return declined;
    }
  }
  return exitCodes.done;
};

/** A person is asked; where nobody is there, the demonstration goes on. */
const agreed = async (session: Session): Promise<boolean> => {
  const prompts = await session.context.prompts();
  if (prompts === undefined) return true;
  const message = (await session.words()).format("cli.demo.ask_apply");
  return (await prompts.confirm({ message, initial: true })) === true;
};

const inherited = ({ globals }: Session): string[] => [
  ...(globals.color ? [] : ["--no-color"]),
  ...(globals.language === undefined ? [] : ["--lang", globals.language]),
  ...(globals.logLevel === undefined ? [] : ["--log-level", globals.logLevel]),
];

/** The user's environment without the settings meant for their own home; loopback is never behind a proxy. */
const ownEnvironment = ({ environment }: CliContext): CliContext["environment"] => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("DIRECTORY_CONNECTOR_"))),
  NO_PROXY: "127.0.0.1",
});

const nobody = (): Promise<undefined> => Promise.resolve(undefined);
