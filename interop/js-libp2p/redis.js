import { once } from 'node:events'
import { connect } from 'node:net'

/** One reply of Redis (RESP 2) at the head of a text, and what is left behind it; undefined while it is incomplete. */
function parse (text) {
  const end = text.indexOf('\r\n')
  if (end < 0) {
    return undefined
  }
  const [kind, head] = [text[0], text.slice(1, end)]
  let rest = text.slice(end + 2)
  if (kind === '$') {
    const length = Number(head)
    return length < 0 ? [null, rest] : rest.length < length + 2 ? undefined : [rest.slice(0, length), rest.slice(length + 2)]
  }
  if (kind !== '*') {
    return [kind === '-' ? new Error(head) : head, rest]
  }
  const items = Number(head) < 0 ? null : []
  while (items != null && items.length < Number(head)) {
    const item = parse(rest)
    if (item === undefined) {
      return undefined
    }
    items.push(item[0])
    rest = item[1]
  }
  return [items, rest]
}

/** Connects to `host:port`. The result sends a command, one at a time, and resolves to its reply; addresses are ASCII, so a character is a byte. */
export async function connectRedis (address) {
  const [host, port] = address.split(':')
  const socket = connect(Number(port ?? 6379), host).setEncoding('latin1')
  await once(socket, 'connect')
  const chunks = socket[Symbol.asyncIterator]()
  let received = ''
  return async (...words) => {
    socket.write(`*${words.length}\r\n` + words.map(word => `$${word.length}\r\n${word}\r\n`).join(''))
    let reply
    while ((reply = parse(received)) === undefined) {
      const { value, done } = await chunks.next()
      if (done) {
        throw new Error('Redis is gone')
      }
      received += value
    }
    received = reply[1]
    if (reply[0] instanceof Error) {
      throw reply[0]
    }
    return reply[0]
  }
}
