"""Numbers of test/simulator/{cosmology,dust,passbands}: python foundation.py FOLDER, with sncosmo, extinction and astropy."""
import sys
import numpy as np
import extinction
import sncosmo
from astropy.cosmology import FlatLambdaCDM

folder = sys.argv[1]
cosmology = FlatLambdaCDM(70, 0.3, Tcmb0=0)
for z in (0.01, 0.1, 0.5, 1, 2):
    print('z', z, cosmology.distmod(z).value, 4 * np.pi * cosmology.differential_comoving_volume(z).value)
for rv in (3.1, 2.2):
    print('ccm89', rv, extinction.ccm89(np.array([1300., 2200, 3000, 4400, 5500, 7000, 9000, 15000]), 1, rv).round(6).tolist())

phase = np.linspace(-20, 50, 8)
wave = np.arange(1000, 12001, 20.)
temperature = 6000 + 40 * (50 - phase)[:, None]
flux = (wave / 5000) ** -5 / (np.exp(1.4388e8 / wave / temperature) - 1)
for name, file, unit in (('lsst-u', 'total_u.dat', 10), ('lsst-g', 'total_g.dat', 10), ('lsst-y', 'total_y.dat', 10), ('ztf-r', 'p48r.txt', 1), ('des-i', 'decam_i.txt', 1)):
    table = np.loadtxt(f'{folder}/passbands/{file}')
    model = sncosmo.Model(sncosmo.TimeSeriesSource(phase, wave, flux, time_spline_degree=1))
    model.set(z=0.3, t0=0, amplitude=1)
    print(name, model.bandflux(sncosmo.Bandpass(table[:, 0] * unit, table[:, 1], name=name), [-13., 26], zp=31.4, zpsys='ab').tolist())
