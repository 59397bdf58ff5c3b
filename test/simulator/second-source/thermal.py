"""Synthetic photometry of black-body outbursts and of a nucleus by sncosmo, for test/simulator/sources.

The spectra are written down here once more, from the formulas of the sources and on fine grids, and sncosmo integrates
them: python thermal.py SKY, where SKY is the folder that holds passbands/. Prints one line a combination: parameters'
name, E(B-V) of the host, redshift, band, rest-frame phase [d], flux [nJy]; for the nucleus parameters' name, redshift,
band, magnitude minus magnitude in r. Needs numpy, astropy and sncosmo 2.13.
"""
import sys
import numpy as np
import sncosmo
from astropy.cosmology import FlatLambdaCDM

sky = sys.argv[1]
cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
wavelengths = np.arange(900.0, 12_000.0, 5.0)


def bandpass(name):
    survey, band = name.split('-')
    file = {'lsst': f'total_{band}.dat', 'ztf': f'p48{band}.txt', 'des': f'decam_{band}.txt'}[survey]
    rows = np.array([line.split() for line in open(f'{sky}/passbands/{file}') if line[0] not in '#\n'], float)
    return sncosmo.Bandpass(rows[:, 0] * (10 if survey == 'lsst' else 1), rows[:, 1], name=name)


def planck(wavelength, kelvin):
    return wavelength ** -5.0 / np.expm1(1.438776877e8 / wavelength / kelvin)


def series(phases, brightness, kelvin, magnitude, reference, ultraviolet=0.0, blanketing=0.0):
    """f_lambda at 10 pc, [phase, wavelength]."""
    def shape(wavelength):
        loss = blanketing * np.clip((4700 - wavelength) / 1000, 0, 2.5) * np.clip((9000 - kelvin) / 3500, 0.1, 1)
        return planck(wavelength, kelvin) * np.minimum(1, wavelength / 3000) ** ultraviolet * 10 ** (-0.4 * loss)
    peak = 10 ** (-0.4 * magnitude) * 3.631e-20 * 2.99792458e18 / reference ** 2
    kelvin = kelvin[:, None]
    return peak * brightness[:, None] * shape(wavelengths[None, :]) / shape(np.array([[reference]]))


def flux(phases, spectra, dust, redshift, band, phase):
    source = sncosmo.TimeSeriesSource(phases, wavelengths, spectra, zero_before=True)
    model = sncosmo.Model(source, effects=[sncosmo.CCM89Dust()], effect_names=['host'], effect_frames=['rest'])
    dimming = 10 ** (-0.4 * cosmology.distmod(redshift).value)
    model.set(z=redshift, t0=0, amplitude=dimming, hostebv=dust)
    return model.bandflux(bandpass(band), phase * (1 + redshift), zp=31.4, zpsys='ab')


def larger(a, b):
    return (a ** 6 + b ** 6) ** (1 / 6)


def softened(phase, width):
    return np.hypot(phase, width) - width


def superluminous_warm():
    t = np.arange(-60, 200, 0.5)
    falling = np.exp(-softened(t, 12) / 45)
    rising = np.exp(-0.5 * (t / 20) ** 2)
    kelvin = np.minimum(25_000, larger(6000, 14_000 * np.exp(-(t + 9) / 70)))
    return t, series(t, np.where(t < 0, rising, falling), kelvin, -21.3, 4500, 1.2, 0.5)


def superluminous_slow():
    t = np.arange(-70, 300, 0.5)
    explosion = -50 / (1 - 1 / np.e) ** 0.5
    rising = np.where(t > explosion, 1 - (t / explosion) ** 2, 0)
    falling = 1 / (1 + (np.abs(t) / 80) ** 1.6) * (1 + 0.3 * np.exp(-0.5 * ((t - 120) / 10) ** 2))
    kelvin = np.minimum(25_000, larger(5000, 10_000 * np.exp(-(t + 15) / 50)))
    return t, series(t, np.where(t < 0, rising, falling), kelvin, -20.4, 4500, 2.0, 0.2)


def disruption_exponential():
    t = np.arange(-40, 300, 0.5)
    brightness = np.where(t < 0, np.exp(-0.5 * (t / 10) ** 2), larger(np.exp(-softened(t, 5) / 50), 0.1 / (1 + (t / 1500) ** 2)))
    kelvin = np.clip(22_000 * np.exp(0.001 * np.minimum(t, 400)), 8000, 60_000)
    return t, series(t, brightness, kelvin, -19.6, 4700)


def disruption_power():
    t = np.arange(-80, 300, 0.5)
    bump = 0.4 * np.exp(-0.5 * ((t - 200) / 20) ** 2)
    brightness = np.where(t < 0, np.exp(-0.5 * (t / 20) ** 2), (1 + softened(t, 10) / 90) ** -1.7 + bump)
    kelvin = np.clip(12_000 * np.exp(-0.001 * np.minimum(t, 400)), 8000, 60_000)
    return t, series(t, brightness, kelvin, -20.8, 4700)


def kilonova():
    t = np.arange(-0.8, 15, 0.02)
    brightness = np.where(t < 0, 1 - (t / 0.8) ** 2, 10 ** (-0.4 * 0.9 * softened(t, 0.24)))
    kelvin = np.minimum(30_000, larger(2800, 11_000 * (np.maximum(1e-3, t + 0.8) / 0.5) ** -0.5))
    return t, series(t, brightness, kelvin, -15.7, 6200)


def fast_blue():
    t = np.arange(-7, 60, 0.05)
    brightness = np.where(t < 0, 2 ** -(t / 2) ** 2, 10 ** (-0.4 * 0.2 * softened(t, 0.6)))
    kelvin = larger(7000, 18_000 * np.exp(-softened(np.maximum(0, t), 1) / 30))
    return t, series(t, brightness, kelvin, -18.5, 6200)


def calcium_rich():
    t = np.arange(-24.5, 100, 0.1)
    brightness = np.where(t < 0, 2 ** -(t / 7) ** 2, 10 ** (-0.4 * 0.1 * softened(t, 2.1)))
    kelvin = larger(3800, 6000 * np.exp(-softened(np.maximum(0, t), 3.5) / 50))
    return t, series(t, brightness, kelvin, -16, 6200, 0, 0.5)


OUTBURSTS = [
    (superluminous_warm, 0.0, 0.2, 'ztf-g', -10), (superluminous_warm, 0.0, 0.2, 'ztf-r', 30), (superluminous_warm, 0.1, 0.5, 'lsst-u', -25),
    (superluminous_warm, 0.1, 0.5, 'lsst-g', 60), (superluminous_warm, 0.0, 1.5, 'lsst-i', 0), (superluminous_slow, 0.0, 1.5, 'lsst-u', 0),
    (superluminous_slow, 0.0, 0.1, 'lsst-y', 121), (superluminous_slow, 0.1, 0.8, 'des-z', -33), (superluminous_slow, 0.0, 0.8, 'des-g', 50), (superluminous_slow, 0.0, 0.4, 'ztf-i', 120),
    (disruption_exponential, 0.0, 0.05, 'ztf-g', -12), (disruption_exponential, 0.0, 0.05, 'ztf-r', 1), (disruption_exponential, 0.2, 0.3, 'lsst-u', 40),
    (disruption_exponential, 0.2, 0.3, 'lsst-y', 201), (disruption_exponential, 0.0, 1.2, 'lsst-g', -1), (disruption_power, 0.0, 1.2, 'lsst-u', 0),
    (disruption_power, 0.0, 0.1, 'lsst-z', 70), (disruption_power, 0.2, 0.5, 'des-r', 203), (disruption_power, 0.0, 0.5, 'des-i', -15), (disruption_power, 0.0, 0.02, 'ztf-i', 250),
    (kilonova, 0.0, 0.01, 'ztf-g', -0.3), (kilonova, 0.0, 0.01, 'ztf-r', 1.1), (kilonova, 0.0, 0.04, 'lsst-u', 0.1), (kilonova, 0.1, 0.04, 'lsst-y', 3.1),
    (fast_blue, 0.0, 0.2, 'lsst-u', -1), (fast_blue, 0.1, 0.2, 'ztf-g', 7), (fast_blue, 0.0, 0.5, 'des-z', 15),
    (calcium_rich, 0.0, 0.02, 'ztf-r', -5), (calcium_rich, 0.0, 0.02, 'lsst-u', 20), (calcium_rich, 0.1, 0.1, 'lsst-i', 43),
]

LINES = [(1033, 10, 8), (1216, 60, 19), (1398, 8, 14), (1546, 24, 14), (1906, 21, 24), (2800, 32, 35), (2950, 150, 500),
         (4346, 13, 20), (4853, 46, 40), (5008, 13, 6), (6565, 195, 47)]


def nucleus(slope, strength, redshift):
    w = np.arange(900.0, 12_000.0, 1.0)
    lines = sum(width / scale / np.sqrt(2 * np.pi) * np.exp(-0.5 * ((w - centre) / scale) ** 2) for centre, width, scale in LINES)
    forest = 0.0036 * (w * (1 + redshift) / 1216) ** 3.46 * (w < 1216) + 0.0017 * (w * (1 + redshift) / 1026) ** 3.46 * (w < 1026)
    blue = np.minimum(1, w / 1216) ** max(0, slope + 1.57)
    spectrum = w ** (-2 - slope) * blue * (1 + strength * lines) * np.exp(-forest) * (w >= 912)
    source = sncosmo.TimeSeriesSource(np.array([0.0, 1.0]), w, np.array([spectrum, spectrum]), time_spline_degree=1)
    model = sncosmo.Model(source)
    model.set(z=redshift, amplitude=1e-5)
    return model


NUCLEI = [('blue', -0.4, 1.0, 0.1, 'ztf-g'), ('blue', -0.4, 1.0, 0.1, 'ztf-i'), ('blue', -0.4, 1.0, 0.5, 'lsst-u'), ('blue', -0.4, 1.0, 0.5, 'lsst-y'),
          ('blue', -0.4, 1.0, 1.0, 'lsst-g'), ('red', -1.0, 1.5, 1.6, 'lsst-u'), ('red', -1.0, 1.5, 1.6, 'lsst-z'), ('red', -1.0, 1.5, 2.4, 'lsst-u'),
          ('red', -1.0, 1.5, 2.4, 'lsst-i'), ('red', -1.0, 1.5, 0.3, 'des-z')]

for function, dust, redshift, band, phase in OUTBURSTS:
    phases, spectra = function()
    print(f"['{function.__name__}', {dust}, {redshift}, '{band}', {phase}, {flux(phases, spectra, dust, redshift, band, phase):.6g}],")
for name, slope, strength, redshift, band in NUCLEI:
    model = nucleus(slope, strength, redshift)
    colour = model.bandmag(bandpass(band), 'ab', 0) - model.bandmag(bandpass(f"{band.split('-')[0]}-r"), 'ab', 0)
    print(f"['{name}', {redshift}, '{band}', {colour:.5f}],")
