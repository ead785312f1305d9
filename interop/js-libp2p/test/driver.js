import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A peer in a process of its own, for the tests of the peer itself. */
export class Driver {
  /** The program; that of another peer in a class that derives from this one. */
  static entry = fileURLToPath(new URL('../peer.js', import.meta.url))

  #events = []
  #waiters = new Set()
  #nextId = 1
  #stderr = ''

  constructor (...flags) {
    this.process = spawn(process.execPath, [this.constructor.entry, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.process.stderr.on('data', data => { this.#stderr += data })
    this.exited = new Promise(resolve => this.process.on('exit', resolve))
    createInterface({ input: this.process.stdout }).on('line', line => {
      this.#events.push(JSON.parse(line))
      this.#waiters.forEach(check => check())
    })
  }

  static async start (...flags) {
    const driver = new this(...flags)
    driver.ready = await driver.wait(e => e.event === 'ready')
    return driver
  }

  get peer () {
    return this.ready.peer
  }

  get addr () {
    return this.ready.addrs[0]
  }

  wait (predicate, ms = 30_000) {
    return new Promise((resolve, reject) => {
      const finish = settle => {
        clearTimeout(timer)
        this.#waiters.delete(check)
        settle()
      }
      const check = () => {
        const found = this.#events.find(predicate)
        if (found != null) {
          finish(() => resolve(found))
        }
      }
      const timer = setTimeout(() => finish(() => reject(new Error(
        `no such event: ${predicate}\n${this.#events.slice(-10).map(e => JSON.stringify(e)).join('\n')}\n${this.#stderr}`))), ms)
      this.#waiters.add(check)
      check()
    })
  }

  /** Sends a command and resolves with the event that answers it, whatever that is. */
  ask (cmd, fields = {}) {
    const id = this.#nextId++
    this.process.stdin.write(JSON.stringify({ id, cmd, ...fields }) + '\n')
    return this.wait(e => e.id === id)
  }

  async stop () {
    this.process.stdin.end()
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5_000)
    await this.exited
    clearTimeout(timer)
  }
}
