/** What the cards of the SPCC models say beside their numbers. */
export const ABOUT = {
  trainingData: {
    name: 'Supernova Photometric Classification Challenge, after unblinding (SIMGEN_PUBLIC_DES)',
    description: 'Simulated light curves of the Dark Energy Survey in g, r, i, z, one SNANA text file each; the label is SN Type in SIM_COMMENT. 17,152 of the set\'s 21,319 objects.',
    source: 'Kessler et al. 2010, arXiv:1001.5210 and arXiv:1008.1024; the whole set is at doi:10.5281/zenodo.13883296',
    note: 'Random split: the 1,103 objects that the challenge had with spectra are not treated apart.'
  },
  method: 'Charnock & Moss 2017 (arXiv:1606.07442) with a carried hidden state; one step a photometric point, from 30 days before the first S/N > 5 on',
  augmentation: 'Every pass sees new realisations: noise drawn anew around the noise-free fluxes of the simulation, times and depths of other objects, moved redshift and depth, points and bands dropped, any start up to the first detection (settings in training.json). What the network is shown is noisy points; their errors follow the noise-free flux, as those of the challenge do.',
  intendedUse: 'P(Ia) of supernova light curves from surveys with griz points, or g and r alone, of a depth like that of the Dark Energy Survey, from the first detection on, with or without a photometric host redshift.',
  knownWeaknesses: [
    'Trained on simulations of supernovae only: anything else (AGN, variable stars, tidal disruption events, asteroids) gets a P(Ia) that means nothing.',
    'u and y points are kept but not used.',
    'The core-collapse templates of 2010 are few; real core-collapse supernovae differ more.',
    'P(Ia) holds for the share of Ia (about a quarter) in the training data; where the share differs it is not calibrated.',
    'The errors of simulated points follow the noise-free flux, those of a survey the measured one: a hint that real data do not give.',
    'Under other skies (two bands, other depths and cadences, nearer supernovae) more objects are called wrongly: docs/models.md has the table.',
    'Without a photometric redshift clearly more objects are called wrongly, most of all early: see the table.'
  ]
} as const
