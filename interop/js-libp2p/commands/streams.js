import { emit } from '../events.js'
import { pieces, seconds } from '../payload.js'
import { sendChat } from '../protocols/chat.js'
import { echoProtocol, runEcho } from '../protocols/echo.js'
import { runPerf } from '../protocols/perf.js'
import { resetProtocol } from '../protocols/sink.js'
import { sendUniversal } from '../protocols/universal.js'
import { openStream, readAll, readStream, write } from '../streams.js'

const defaultChunk = 64 * 1024

/** {peer, text}: a direct message. */
export async function direct ({ node }, { id, peer, text }) {
  emit('direct-sent', { id, to: peer, reply: await sendChat(node, peer, text) })
}

/** {peer, text}: a direct message of universal-connectivity. */
export async function universalDirect ({ node }, { id, peer, text }) {
  emit('direct-sent', { id, to: peer, status: await sendUniversal(node, peer, text) })
}

/** {peer, up, down}: one measurement. */
export async function perf ({ node }, { id, peer, up, down }) {
  emit('perf', { id, peer, ...await runPerf(node, peer, up, down) })
}

/** {peer, bytes, chunk?}: one echo, its content compared. */
export async function echo ({ node }, { id, peer, bytes, chunk = defaultChunk }) {
  emit('echo', { id, peer, ...await runEcho(await openStream(node, peer, echoProtocol), bytes, chunk) })
}

/** {peer, count, bytes, chunk?}: opens `count` echo streams, and only when all are open runs an echo on each. */
export async function streams ({ node }, { id, peer, count, bytes, chunk = defaultChunk }) {
  const started = performance.now()
  const opening = await Promise.allSettled(Array.from({ length: count }, () => openStream(node, peer, echoProtocol)))
  const opened = opening.filter(o => o.status === 'fulfilled').map(o => o.value)
  const openSeconds = seconds(started)
  const results = await Promise.allSettled(opened.map(stream => runEcho(stream, bytes, chunk)))
  const failures = [...opening, ...results].filter(r => r.status === 'rejected').map(r => `${r.reason.name}: ${r.reason.message}`)
  emit('streams', {
    id,
    peer,
    count,
    opened: opened.length,
    ok: results.filter(r => r.status === 'fulfilled' && r.value.ok).length,
    errors: [...new Set(failures)].slice(0, 10),
    open_seconds: openSeconds,
    seconds: seconds(started)
  })
}

/** {peer, bytes?, protocol?}: writes, closes the writing side, and begins to read the answer only then. */
export async function halfClose ({ node }, { id, peer, bytes = 1_000, protocol = echoProtocol }) {
  const stream = await openStream(node, peer, protocol)
  const sent = Buffer.concat([...pieces(bytes, defaultChunk)])
  await write(stream, sent)
  await stream.close()
  const { writeStatus } = stream
  const answer = await readAll(stream, 16 << 20)
  emit('half-close', { id, peer, bytes, received: answer.length, ok: answer.equals(sent), writeStatus })
}

/** {peer, protocol?, bytes?}: writes, then resets the stream. */
export async function reset ({ node }, { id, peer, protocol = echoProtocol, bytes = 1_000 }) {
  const stream = await openStream(node, peer, protocol)
  for (const piece of pieces(bytes, defaultChunk)) {
    await write(stream, piece)
  }
  stream.abort(new Error('reset on request'))
  emit('reset', { id, peer, protocol, status: stream.status })
}

/** {peer, protocol?, bytes?}: writes and expects that the other side resets the stream; `outcome` is `reset` or `end`. */
export async function expectReset ({ node }, { id, peer, protocol = resetProtocol, bytes = 1_000 }) {
  const stream = await openStream(node, peer, protocol)
  let received = 0
  const reading = readStream(stream, chunk => { received += chunk.byteLength })
  const outcome = reading.then(() => ({ outcome: 'end' }), err => ({ outcome: 'reset', name: err.name, message: err.message }))
  try {
    for (const piece of pieces(bytes, defaultChunk)) {
      await write(stream, piece)
    }
  } catch (err) {
    // The reset may come while we write; the reader has it as well and tells.
    if (stream.status === 'open') {
      throw err
    }
  }
  emit('expect-reset', { id, peer, protocol, received, ...await outcome, status: stream.status })
}

/** {peer, protocol, bytes, chunk?}: sends to a protocol that does not answer, and closes; tells what was written and how long it took. */
export async function send ({ node }, { id, peer, protocol, bytes, chunk = defaultChunk }) {
  const stream = await openStream(node, peer, protocol)
  const started = performance.now()
  for (const piece of pieces(bytes, chunk)) {
    await write(stream, piece)
  }
  await stream.close()
  const written = seconds(started)
  const answer = await readAll(stream)
  emit('sent', { id, peer, protocol, bytes, received: answer.length, written_seconds: written, seconds: seconds(started) })
}

/** {stream, bytes?}: lets a slow reader read at least so much more, or to the end. */
export async function slowRead ({ slow }, { id, stream, bytes }) {
  const reader = slow.get(stream)
  if (reader == null) {
    throw new Error(`no slow stream ${stream}`)
  }
  const before = reader.total
  await reader.read(bytes)
  emit('slow-read', { id, stream, bytes: reader.total - before, total: reader.total, buffered: reader.buffered, ended: reader.ended })
}

/** {stream}: closes our writing side of a slow stream. */
export async function slowClose ({ slow }, { id, stream }) {
  const reader = slow.get(stream)
  if (reader == null) {
    throw new Error(`no slow stream ${stream}`)
  }
  await reader.close()
  emit('slow-closed', { id, stream })
}
