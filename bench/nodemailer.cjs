// nodemailer's pooled transport, for comparison: `node nodemailer.cjs PORT CONNECTIONS LETTERS FILE`.
// FILE is JSON: subject, text and html with {{name}}, from, domain. Each letter is filled in and handed to a pool;
// prints the seconds from the first to the last. A twentieth more goes ahead, so that the engine is warm.
const { readFileSync } = require('node:fs')
const nodemailer = require('nodemailer')

const [, , port, connections, count, file] = process.argv
const letter = JSON.parse(readFileSync(file, 'utf8'))
const pool = nodemailer.createTransport({
  host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true,
  pool: true, maxConnections: Number(connections), maxMessages: Infinity,
})

function filled(number) {
  const name = `Läsare ${number}`
  return {
    from: letter.from,
    to: { name, address: `p${number}@${letter.domain}` },
    envelope: { from: `bounces+${number}@${letter.domain}`, to: `p${number}@${letter.domain}` },
    subject: letter.subject,
    text: letter.text.replaceAll('{{name}}', name),
    html: letter.html.replaceAll('{{name}}', name),
  }
}

// A few more than there are connections are under way at once, so that no connection waits and memory stays small.
async function send(from, to) {
  let next = from
  const one = async () => { while (next < to) await pool.sendMail(filled(next++)) }
  await Promise.all(Array.from({ length: 2 * Number(connections) }, one))
}

async function main() {
  const warm = Math.ceil(Number(count) / 20)
  await send(0, warm)
  const start = process.hrtime.bigint()
  await send(warm, warm + Number(count))
  console.log(Number(process.hrtime.bigint() - start) / 1e9)
  pool.close()
}

main()
