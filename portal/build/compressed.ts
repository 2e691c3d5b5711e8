import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const LEAST_BYTES = 512;
const TEXT = /\.(js|css|html|json|svg)$/;

/** Writes each built text file as gzip too, so that the server compresses nothing. */
export function compressed(folder: string): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const path of filesUnder(folder)) {
        const content = readFileSync(path);
        if (TEXT.test(path) && content.length >= LEAST_BYTES) {
          writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
        }
      }
    },
  };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}
