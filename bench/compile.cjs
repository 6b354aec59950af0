// Node's MJML, for comparison. `node compile.cjs write OUT FILE…` compiles each file to OUT/NAME.html;
// `node compile.cjs time ROUNDS OPTIONS FILE` prints how long each compilation of the file took in one process, in
// milliseconds, one a line. OPTIONS is `own`, as a user gets who states none (fonts, validation, comments), or `lean`,
// as `write` uses: no fonts and no validation, which is the most that node can be spared and still do our work.
const { basename, join } = require('node:path')
const { readFileSync, writeFileSync } = require('node:fs')
const mjml = require('mjml')

const OPTIONS = { own: {}, lean: { fonts: {}, validationLevel: 'skip', keepComments: true } }

async function write(out, files) {
  for (const file of files) {
    const { html } = await mjml(readFileSync(file, 'utf8'), OPTIONS.lean)
    writeFileSync(join(out, basename(file, '.mjml') + '.html'), html)
  }
}

async function time(rounds, options, file) {
  const source = readFileSync(file, 'utf8')
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint()
    await mjml(source, OPTIONS[options])
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  console.log(times.map((milliseconds) => milliseconds.toFixed(4)).join('\n'))
}

const [, , verb, first, ...rest] = process.argv
if (verb === 'write') write(first, rest)
else time(Number(first), ...rest)
