// js-libp2p's side of libp2p's transport tests, by the environment of libp2p/test-plans (`transport …`) or of libp2p/unified-testing
// (`TRANSPORT … TEST_KEY`). As its images there do, it leaves and takes the address by RPUSH and BLPOP in both of them.
import { multiaddr } from '@multiformats/multiaddr'
import { readFlags } from './flags.js'
import { createNode } from './node.js'
import { connectRedis } from './redis.js'

const { env } = process
const unified = env.TEST_KEY != null
const test = unified
  ? { transport: env.TRANSPORT, security: env.SECURE_CHANNEL, muxer: env.MUXER, dials: env.IS_DIALER, ip: env.LISTENER_IP, redis: env.REDIS_ADDR, seconds: env.TEST_TIMEOUT_SECS, key: `${env.TEST_KEY}_listener_multiaddr` }
  : { transport: env.transport, security: env.security, muxer: env.muxer, dials: env.is_dialer, ip: env.ip, redis: env.redis_addr, seconds: env.test_timeout_secs, key: 'listenerAddr' }

const dials = test.dials === 'true'
const seconds = Number(test.seconds ?? 180)
const paths = { tcp: '', ws: '/ws' }
if (paths[test.transport] == null) {
  throw new Error(`transport ${test.transport}: expected one of ${Object.keys(paths).join(', ')}`)
}

async function dial (node, redis) {
  const answer = await redis('BLPOP', test.key, String(seconds))
  if (answer == null) {
    throw new Error('no listener')
  }
  const address = multiaddr(answer[1])
  const signal = AbortSignal.timeout(seconds * 1000)
  const began = performance.now()
  await node.dial(address, { signal })
  const ping = await node.services.ping.ping(address, { signal })
  const both = performance.now() - began
  console.log(unified
    ? `latency:\n  handshake_plus_one_rtt: ${both}\n  ping_rtt: ${ping}\n  unit: ms`
    : JSON.stringify({ handshakePlusOneRTTMillis: both, pingRTTMilllis: ping }))
}

async function listen (node, redis) {
  const addresses = node.getMultiaddrs().map(String)
  if (unified) {
    await redis('DEL', test.key)
  }
  await redis('RPUSH', test.key, addresses.find(address => !address.includes('/127.0.0.1/')) ?? addresses[0])
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
  throw new Error('nobody ended the listener')
}

const redis = await connectRedis(test.redis)
const address = dials ? [] : ['--listen', `/ip4/${test.ip}/tcp/0${paths[test.transport]}`]
const node = await createNode(readFlags([...address, '--security', test.security, '--muxer', test.muxer]))
await node.start()
await (dials ? dial : listen)(node, redis)
await node.stop()
process.exit(0)
