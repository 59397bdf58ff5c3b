import { mix, packetsIn, prepare } from '/work/main/test/kafka/soak/packets.ts'
import { plan } from '/work/main/test/kafka/soak/plan.ts'
const mixed = mix(plan({ minutes: 10, rate: 333, burst: 10000, burstEvery: 2, killAt: undefined, restartAt: undefined } as never).due.length, { seed: 11, bad: 0.01, repeats: 0.01 })
await prepare('/tmp/candela-soak-packets', { seed: 11, objects: 20000 }, packetsIn(mixed), l => console.log(l))
