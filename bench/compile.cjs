// Node's MJML, for comparison. `node compile.cjs write OUT FILE…` compiles each file to OUT/NAME.html;
// `node compile.cjs time ROUNDS FILE` prints two times in milliseconds: the median of the 4th to 13th compilation
// of the file in one process (warm), and the fastest of all (hot, once the engine has optimised everything).
const { basename, join } = require('node:path')
const { readFileSync, writeFileSync } = require('node:fs')
const mjml = require('mjml')

const options = { fonts: {}, validationLevel: 'skip', keepComments: true }

async function compiled(file) {
  const { html } = await mjml(readFileSync(file, 'utf8'), options)
  return html
}

async function write(out, files) {
  for (const file of files) writeFileSync(join(out, basename(file, '.mjml') + '.html'), await compiled(file))
}

async function time(rounds, [file]) {
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint()
    await compiled(file)
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  const warm = times.slice(3, 13).sort((a, b) => a - b)[5]
  console.log(warm.toFixed(3), Math.min(...times).toFixed(3))
}

const [, , verb, first, ...rest] = process.argv
if (verb === 'write') write(first, rest)
else time(Number(first), rest)
