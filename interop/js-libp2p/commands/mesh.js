import { setImmediate, setTimeout } from 'node:timers/promises'
import { emit } from '../events.js'
import { createNode } from '../node.js'
import { seconds } from '../payload.js'

const topic = 'mesh'

/** A node in the mesh: what it has had delivered, and how long the way of each message was, from the time that stands in it. */
class Member {
  times = []
  delivered = 0
  received = 0

  constructor (node) {
    this.node = node
    const { pubsub } = node.services
    pubsub.addEventListener('message', ({ detail: { data } }) => {
      this.delivered++
      this.times.push(performance.now() - new DataView(data.buffer, data.byteOffset).getFloat64(0))
    })
    // Not public: messages before those that were seen are dropped.
    const receive = pubsub.handleReceivedMessage.bind(pubsub)
    pubsub.handleReceivedMessage = (...message) => {
      this.received++
      return receive(...message)
    }
    pubsub.subscribe(topic)
  }

  async publish (bytes) {
    const data = new Uint8Array(bytes)
    new DataView(data.buffer).setFloat64(0, performance.now())
    await this.node.services.pubsub.publish(topic, data)
  }
}

/** Single messages one after the other, each node in its turn. */
async function talk (members, messages, bytes) {
  members.forEach(member => { member.times = [] })
  for (let i = 0; i < messages; i++) {
    await members[i % members.length].publish(bytes)
    await setTimeout(10)
  }
}

const sum = (members, of) => members.reduce((all, member) => all + of(member), 0)

/**
 * {nodes?, degree?, bytes?, messages?, seconds?}: so many nodes in this process, each dialling so many others; first single messages,
 * whose way is timed, then all nodes publishing as fast as they can.
 */
export async function benchMesh (self, { id, nodes: count = 20, degree = 5, bytes = 1024, messages = 300, seconds: limit = 5 }) {
  const flags = { ...self.flags, listen: ['/ip4/127.0.0.1/tcp/0'], pubsub: 'gossipsub' }
  const members = []
  try {
    for (let i = 0; i < count; i++) {
      const node = await createNode(flags)
      await node.start()
      members.push(new Member(node))
    }
    for (let i = 0; i < count; i++) {
      for (let j = 1; j <= degree; j++) {
        await members[i].node.dial(members[(i + j * j) % count].node.getMultiaddrs())
      }
    }
    await setTimeout(3_000)
    // The first are for the compiler.
    await talk(members, messages, bytes)
    await setTimeout(100)
    await talk(members, messages, bytes)
    await setTimeout(2_000)
    const times = Float64Array.from(members.flatMap(member => member.times)).sort()
    const [delivered, received, cpu, started] = [sum(members, m => m.delivered), sum(members, m => m.received), process.cpuUsage(), performance.now()]
    await Promise.all(members.map(async member => {
      while (seconds(started) < limit) {
        await member.publish(bytes)
        // Or nothing would be read as long as there is something to publish.
        await setImmediate()
      }
    }))
    const took = seconds(started)
    const deliveries = sum(members, m => m.delivered) - delivered
    const used = process.cpuUsage(cpu)
    emit('bench', {
      id,
      what: 'mesh',
      nodes: count,
      timed: times.length,
      expected: messages * (count - 1),
      p50_ms: times[Math.floor(times.length / 2)],
      p99_ms: times[Math.floor(times.length * 99 / 100)],
      per_second: deliveries / took,
      cpu_us: (used.user + used.system) / deliveries,
      copies: (sum(members, m => m.received) - received) / deliveries
    })
  } finally {
    for (const member of members) {
      await member.node.stop()
    }
  }
}
