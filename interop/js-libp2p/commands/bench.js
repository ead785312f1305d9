import { multiaddr } from '@multiformats/multiaddr'
import { emit } from '../events.js'
import { createNode, streamLimits } from '../node.js'
import { seconds } from '../payload.js'
import { echoProtocol } from '../protocols/echo.js'
import { connectionTo, openStream, readStream } from '../streams.js'
import { collectGarbage } from './process.js'

const message = new Uint8Array(32).fill(7)

/** Median and 99th percentile of milliseconds, in microseconds. */
function percentiles (times) {
  const sorted = Float64Array.from(times).sort()
  const at = q => sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] * 1_000
  return { p50_us: at(0.5), p99_us: at(0.99) }
}

/** Nodes that only dial: no identify and no pings of their own, so that nothing but the connection is measured. */
async function diallers (self, count) {
  const flags = { ...self.flags, listen: [], identify: false, monitor: false }
  const nodes = []
  for (let i = 0; i < count; i++) {
    const node = await createNode(flags)
    await node.start()
    nodes.push(node)
  }
  return nodes
}

/** Runs `work` again and again until the time is up, `parallel` times side by side; counts and times what it did. */
async function repeat (workers, limitSeconds, work) {
  const times = []
  const failures = new Map()
  const started = performance.now()
  await Promise.all(workers.map(async worker => {
    while (seconds(started) < limitSeconds) {
      const begun = performance.now()
      try {
        await work(worker)
        times.push(performance.now() - begun)
      } catch (err) {
        const text = `${err.name}: ${err.message}`
        failures.set(text, (failures.get(text) ?? 0) + 1)
      }
    }
  }))
  const took = seconds(started)
  return {
    count: times.length,
    seconds: took,
    per_second: times.length / took,
    ...percentiles(times),
    failed: [...failures.values()].reduce((sum, n) => sum + n, 0),
    errors: [...failures.keys()].slice(0, 10)
  }
}

/** Sends 32 bytes on an echo stream and waits until they are back; keeps one reader for the life of the stream. */
class EchoExchange {
  #stream
  #missing = 0
  #waiting

  constructor (stream) {
    this.#stream = stream
    this.ended = readStream(stream, chunk => {
      this.#missing -= chunk.byteLength
      if (this.#missing === 0) {
        this.#waiting.resolve()
      } else if (this.#missing < 0) {
        throw new Error(`${-this.#missing} bytes more came back than were sent`)
      }
    })
    this.ended.then(
      () => this.#waiting?.reject(new Error('the echo stream ended')),
      err => this.#waiting?.reject(err))
  }

  once (bytes) {
    this.#missing = bytes.byteLength
    this.#waiting = Promise.withResolvers()
    this.#stream.send(bytes)
    return this.#waiting.promise
  }

  async close () {
    this.#waiting = undefined
    await this.#stream.close()
    await this.ended
  }
}

/** {addr, seconds?, parallel?}: dials and closes, over and over, with so many diallers. */
export async function benchConnect (self, { id, addr, seconds: limit = 5, parallel = 1 }) {
  const nodes = await diallers(self, parallel)
  const target = multiaddr(addr)
  const result = await repeat(nodes, limit, async node => {
    const connection = await node.dial(target, { force: true })
    await connection.close()
  })
  await Promise.all(nodes.map(node => node.stop()))
  emit('bench', { id, what: 'connect', parallel, ...result })
}

/** {peer, count?, bytes?, warmup?}: round trips on one open echo stream. */
export async function benchEcho ({ node }, { id, peer, count = 10_000, bytes = message.length, warmup = 1_000 }) {
  const exchange = new EchoExchange(await openStream(node, peer, echoProtocol))
  const payload = new Uint8Array(bytes).fill(7)
  const times = []
  let started = performance.now()
  for (let i = 0; i < warmup + count; i++) {
    if (i === warmup) {
      started = performance.now()
    }
    const begun = performance.now()
    await exchange.once(payload)
    if (i >= warmup) {
      times.push(performance.now() - begun)
    }
  }
  const took = seconds(started)
  await exchange.close()
  emit('bench', { id, what: 'echo', bytes, count, seconds: took, per_second: count / took, ...percentiles(times) })
}

/** {peer, seconds?, parallel?}: opens an echo stream, 32 bytes there and back, closes it, over and over. */
export async function benchStreams ({ node }, { id, peer, seconds: limit = 5, parallel = 1 }) {
  const connection = await connectionTo(node, peer)
  const result = await repeat(Array.from({ length: parallel }), limit, async () => {
    const exchange = new EchoExchange(await connection.newStream(echoProtocol))
    await exchange.once(message)
    await exchange.close()
  })
  emit('bench', { id, what: 'streams', parallel, ...result })
}

/** {peer, count?, warmup?}: pings of the ping protocol, each on a stream of its own. */
export async function benchPing ({ node }, { id, peer, count = 1_000, warmup = 100 }) {
  const { remotePeer } = await connectionTo(node, peer)
  const times = []
  let started = performance.now()
  for (let i = 0; i < warmup + count; i++) {
    if (i === warmup) {
      started = performance.now()
    }
    const begun = performance.now()
    await node.services.ping.ping(remotePeer)
    if (i >= warmup) {
      times.push(performance.now() - begun)
    }
  }
  const took = seconds(started)
  emit('bench', { id, what: 'ping', count, seconds: took, per_second: count / took, ...percentiles(times) })
}

function held () {
  collectGarbage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}

/**
 * {addr, connections?, streams?}: opens so many connections, each from a node of its own, and so many echo streams on each,
 * and holds them until `bench-idle-end`. Tells this side's growth, resident (as coarse as the
 * garbage collector's pages) and on the heap; the other side's is for its own process to tell.
 */
export async function benchIdle (self, { id, addr, connections = 100, streams = 0 }) {
  if (self.idle != null) {
    throw new Error('idle connections are held already: bench-idle-end first')
  }
  const target = multiaddr(addr)
  const nodes = self.idle = await diallers(self, connections)
  // A few first, so that code and tables are there; not all, or the rest would live in what these left behind.
  for (const node of nodes.slice(0, 20)) {
    await (await node.dial(target, { force: true })).close()
  }
  const before = held()
  const opened = []
  for (const node of nodes) {
    opened.push(await node.dial(target, { force: true }))
  }
  const connected = held()
  for (const connection of opened) {
    for (let i = 0; i < streams; i++) {
      await connection.newStream(echoProtocol, streamLimits(self.flags))
    }
  }
  const after = held()
  emit('bench', {
    id,
    what: 'idle',
    connections,
    streams,
    rss_before: before.rss,
    rss_connected: connected.rss,
    rss_after: after.rss,
    bytes_per_connection: (connected.rss - before.rss) / connections,
    heap_per_connection: (connected.heap - before.heap) / connections,
    bytes_per_stream: streams === 0 ? null : (after.rss - connected.rss) / (connections * streams),
    heap_per_stream: streams === 0 ? null : (after.heap - connected.heap) / (connections * streams)
  })
}

/** {}: closes what `bench-idle` holds. */
export async function benchIdleEnd (self, { id }) {
  const nodes = self.idle ?? []
  self.idle = undefined
  await Promise.all(nodes.map(node => node.stop()))
  emit('bench', { id, what: 'idle-end', connections: nodes.length })
}
