// A web server in front of a node: it ends TLS, passes WebSockets on in the clear, and tells where they come from, as nginx does
// with `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for`. Node's own modules alone.
//
//   node proxy.js --target PORT --cert FILE --cert-key FILE [--client ADDRESS]
//
// --client: says that everybody comes from there. One JSON event a line on stdout; it ends with its input.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { target: { type: 'string' }, cert: { type: 'string' }, 'cert-key': { type: 'string' }, client: { type: 'string' } }
})
const emit = (event, fields) => process.stdout.write(JSON.stringify({ event, ...fields }) + '\n')

const server = createServer({ cert: readFileSync(values.cert), key: readFileSync(values['cert-key']) }, (_, response) => {
  response.writeHead(404).end()
})

server.on('upgrade', (incoming, client, head) => {
  const from = values.client ?? client.remoteAddress
  const told = incoming.headers['x-forwarded-for']
  const headers = { ...incoming.headers, 'x-forwarded-for': told == null ? from : `${told}, ${from}` }
  emit('upgrade', { host: incoming.headers.host, path: incoming.url })
  const outgoing = request({ host: '127.0.0.1', port: values.target, path: incoming.url, headers })
  client.on('error', () => outgoing.destroy())
  outgoing.on('error', () => client.destroy())
  outgoing.on('response', response => {
    emit('refused', { status: response.statusCode })
    client.end(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\nConnection: close\r\n\r\n`)
  })
  outgoing.on('upgrade', (response, node, first) => {
    const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`)
    client.write(first)
    node.write(head)
    node.on('error', () => client.destroy())
    client.on('error', () => node.destroy())
    node.pipe(client)
    client.pipe(node)
  })
  outgoing.end()
})

server.listen(0, '127.0.0.1', () => emit('ready', { port: server.address().port }))
process.stdin.on('end', () => process.exit(0)).resume()
