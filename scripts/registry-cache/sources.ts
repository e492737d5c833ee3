export interface Source {
  readonly id: "official" | "mcpm" | "docker";
  readonly name: string;
  readonly url: string;
  readonly file: string;
  readonly date: string;
  readonly licence: string;
  /** What the licence asks to be kept with every copy. */
  readonly notice: string;
}

const mit = (copyright: string) =>
  `MIT License. ${copyright}. Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Lists whose licence lets everybody pass them on. */
export const sources: readonly Source[] = [
  {
    id: "official",
    name: "MCP Registry",
    url: "https://registry.modelcontextprotocol.io",
    file: "official-registry-all-versions-2025-12-18.json",
    date: "2025-12-18",
    licence: "CC0-1.0",
    notice: "Registry data is dedicated to the public domain (CC0 1.0) by section 10 of the registry's terms of service.",
  },
  {
    id: "mcpm",
    name: "MCPM registry",
    url: "https://github.com/pathintegral-institute/mcpm.sh",
    file: "mcpm-registry-2026-03-27.json",
    date: "2026-03-27",
    licence: "MIT",
    notice: mit("Copyright (c) 2025 MCP Contributors"),
  },
  {
    id: "docker",
    name: "Docker MCP registry",
    url: "https://github.com/docker/mcp-registry",
    file: "docker-mcp-registry-2026-07-08.json",
    date: "2026-07-08",
    licence: "MIT",
    notice: mit("Copyright (c) 2025 Docker"),
  },
];
