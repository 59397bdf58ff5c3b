/** What the card of the model of the whole sky says beside its numbers. */
export const ABOUT_SKY = {
  trainingData: {
    name: 'Simulated sky of LSST, ZTF, DES and a generic survey, the Supernova Photometric Classification Challenge, and real archives',
    description: '72,000 light curves of 16 classes by `candela simulate --sky` (docs/simulation.md), 17,152 of the challenge, and 2,900 of real archives: ZTF\'s Bright Transient Survey, tidal disruption events and superluminous supernovae of ZTF, variable stars of ZTF and Stripe 82, dwarf novae of OGLE, the Open Supernova Catalog, PLAsTiCC and ELAsTiCC.',
    source: 'docs/simulation.md names the templates; Kessler et al. 2010, arXiv:1001.5210; docs/models.md names the archives',
    note: 'Half of each real archive was never touched; of the other half one object in five was left out of training by the split.'
  },
  method: 'Charnock & Moss 2017 (arXiv:1606.07442) with a carried hidden state; softmax over 16 classes; running mean and attention over the epochs as carried sums; four heads whose spread is the error of P(Ia); a decoder that starts from the carried state and walks 30 days',
  augmentation: 'Noise drawn anew, points and bands dropped, detections alone, other brightness where the redshift is hidden, any start up to the first detection and any end after it; redshift, extinction and context hidden at random (settings in training.json).',
  intendedUse: 'Class probabilities of transients, variable stars and nuclei from LSST, ZTF and DES, from the first detection on, in any of u g r i z y, with or without host redshift and context; forecasts of their fluxes for 30 days, of the peak and of the phase.',
  knownWeaknesses: [
    'Stripped-envelope supernovae without a redshift: one in six of the simulated ones ends above 0.5, and a quarter to a half of the peculiar Ia (91bg, Iax).',
    'Before the peak a supernova is often just a supernova: P(Ia) after five epochs says little without a redshift.',
    'Stars are told from supernovae better than from each other: Cepheids, δ Scuti stars and eclipsing binaries of few epochs mix.',
    'Objects that are only ever fainter than their template are not classified.',
    'Real light curves of LSST are in no part of it.'
  ]
} as const
