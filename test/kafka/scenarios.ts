/** What may go wrong while alerts come. */
import type { Scenario } from './campaign.ts'

const undisturbed: Scenario = { name: 'undisturbed', processes: 1, async disturb () {} }

/** Killed every few seconds, and started again on its folder. */
const kills: Scenario = {
  name: 'kills',
  processes: 2,
  async disturb ({ fleet, random, pause }) {
    while (await pause(2000 + 4000 * random())) {
      const place = fleet.places[Math.floor(random() * fleet.places.length)]!
      await fleet.end(place, 'SIGKILL')
      await fleet.start(place)
    }
  }
}

/** Two and three processes that come and go. */
const comings: Scenario = {
  name: 'comings',
  processes: 2,
  async disturb ({ fleet, random, pause }) {
    while (await pause(4000 + 4000 * random())) {
      if (fleet.places.length < 3) await fleet.start([0, 1, 2].find(place => !fleet.places.includes(place))!)
      else await fleet.end(fleet.places[Math.floor(random() * fleet.places.length)]!, random() < 0.5 ? 'SIGTERM' : 'SIGKILL')
    }
  }
}

const broker: Scenario = {
  name: 'broker',
  processes: 2,
  async disturb ({ fleet, broker, random, pause, onEvent }) {
    for (let time = 0; await pause(5000 + 5000 * random()); time++) {
      const how = time % 2 === 0 ? 'SIGTERM' : 'SIGKILL'
      onEvent(`broker ${how}`)
      await broker.stop(how)
      const place = fleet.places[Math.floor(random() * fleet.places.length)]!
      if (random() < 0.5) await fleet.end(place, 'SIGTERM')
      await pause(1000 + 7000 * random())
      onEvent('broker start')
      await broker.start()
      if (!fleet.places.includes(place)) await fleet.start(place)
    }
  }
}

/** One stands still until its partitions have gone to the other, and wakes up. */
const zombie: Scenario = {
  name: 'zombie',
  processes: 2,
  async disturb ({ fleet, random, pause }) {
    while (await pause(3000)) {
      const place = fleet.places[Math.floor(random() * fleet.places.length)]!
      fleet.freeze(place)
      await pause(12_000)
      fleet.thaw(place)
    }
  }
}

/** A transaction of every partition fails while nothing else is wrong. */
const fences: Scenario = {
  name: 'fences',
  processes: 1,
  async disturb ({ fence, pause }) {
    while (await pause(3000)) await fence()
  }
}

/** The disk of one is lost: it starts with nothing. */
const disks: Scenario = {
  name: 'disks',
  processes: 2,
  async disturb ({ fleet, random, pause }) {
    while (await pause(5000)) {
      const place = fleet.places[Math.floor(random() * fleet.places.length)]!
      await fleet.end(place, random() < 0.5 ? 'SIGTERM' : 'SIGKILL')
      fleet.removeFolder(place)
      await fleet.start(place)
    }
  }
}

/** In a short time: every task is fenced, one is killed, one joins with an empty disk, the broker is killed and one ends meanwhile, one stands still. */
const everything: Scenario = {
  name: 'everything',
  processes: 2,
  async disturb ({ fleet, broker, fence, pause, onEvent }) {
    await pause(3000)
    await fence()
    await pause(4000)
    await fleet.end(1, 'SIGKILL')
    await fleet.start(2)
    await pause(8000)
    onEvent('broker SIGKILL')
    await broker.stop('SIGKILL')
    await fleet.end(2, 'SIGTERM')
    onEvent('broker start')
    await broker.start()
    await fleet.start(1)
    fleet.freeze(0)
    await pause(10_000)
    fleet.thaw(0)
  }
}

export const UNDISTURBED = undisturbed
export const EVERYTHING = everything
export const SCENARIOS: readonly Scenario[] = [undisturbed, kills, comings, broker, zombie, fences, disks]
