/** The model of each class, read from a folder of templates. */
import { activeNucleusModel } from './active-nucleus.ts'
import { artefactModel } from './artefact.ts'
import { binaryModel } from './binary.ts'
import { cataclysmicModel } from './cataclysmic.ts'
import { cepheidModel } from './cepheid.ts'
import { deltaScutiModel } from './delta-scuti.ts'
import { fastModel } from './fast.ts'
import { longPeriodModel } from './long-period.ts'
import { mDwarfModel } from './m-dwarf.ts'
import { peculiarIaModel } from './peculiar-ia.ts'
import { rrLyraeModel } from './rr-lyrae.ts'
import type { SkyClass, SourceModel, SourceModelMaker } from './source.ts'
import { strippedEnvelopeModel } from './stripped-envelope.ts'
import { superluminousModel } from './superluminous.ts'
import { tidalDisruptionModel } from './tidal-disruption.ts'
import { typeIaModel } from './type-ia.ts'
import { typeIIModel } from './type-ii.ts'

const MAKERS: Readonly<Record<SkyClass, SourceModelMaker>> = {
  Ia: typeIaModel,
  'Ia-peculiar': peculiarIaModel,
  Ibc: strippedEnvelopeModel,
  II: typeIIModel,
  SLSN: superluminousModel,
  TDE: tidalDisruptionModel,
  fast: fastModel,
  AGN: activeNucleusModel,
  CV: cataclysmicModel,
  'M-dwarf': mDwarfModel,
  RRL: rrLyraeModel,
  Cepheid: cepheidModel,
  DSCT: deltaScutiModel,
  EB: binaryModel,
  LPV: longPeriodModel,
  artefact: artefactModel
}

/**
 * Reads what these classes need, and nothing of others.
 * @param folder of templates, laid out as docs/simulation.md says
 * @throws CandelaError `templates-missing`, `templates-unreadable`, `templates-damaged`
 */
export async function readModels (folder: string, classes: Iterable<SkyClass>): Promise<Partial<Record<SkyClass, SourceModel>>> {
  const models: Partial<Record<SkyClass, SourceModel>> = {}
  // one after the other: unpacked templates of one class are let go before the next one's
  for (const skyClass of classes) models[skyClass] = await MAKERS[skyClass](folder)
  return models
}
