interface Target {
  /** What Bun calls it. */
  readonly compile: Bun.Build.CompileTarget;
  /** The package that holds Bun's executable for it. */
  readonly base: string;
  /** The first bytes of its programs. */
  readonly magic: readonly number[];
}

const elf = [0x7f, 0x45, 0x4c, 0x46];
const machO = [0xcf, 0xfa, 0xed, 0xfe];
const portableExecutable = [0x4d, 0x5a];

/** What is published, by the name of its archive. */
export const targets = {
  "linux-x64": { compile: "bun-linux-x64", base: "@oven/bun-linux-x64", magic: elf },
  "linux-arm64": { compile: "bun-linux-arm64", base: "@oven/bun-linux-aarch64", magic: elf },
  "linux-x64-musl": { compile: "bun-linux-x64-musl", base: "@oven/bun-linux-x64-musl", magic: elf },
  "linux-arm64-musl": { compile: "bun-linux-arm64-musl", base: "@oven/bun-linux-aarch64-musl", magic: elf },
  "darwin-x64": { compile: "bun-darwin-x64", base: "@oven/bun-darwin-x64", magic: machO },
  "darwin-arm64": { compile: "bun-darwin-arm64", base: "@oven/bun-darwin-aarch64", magic: machO },
  "windows-x64": { compile: "bun-windows-x64", base: "@oven/bun-windows-x64", magic: portableExecutable },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;
export const targetNames = Object.keys(targets) as TargetName[];
