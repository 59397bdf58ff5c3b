"""Prints what sncosmo sees of the spectra that the simulator's supernovae are made of, as the lines of the table in
test/simulator/sources/spectral-photometry.test.ts. Made with sncosmo 2.13, astropy, numpy:

    python test/simulator/second-source/spectral.py FOLDER_OF_TEMPLATES
"""
import gzip
import lzma
import sys
from os.path import join

import numpy as np
import sncosmo
from astropy.cosmology import FlatLambdaCDM
from astropy.io import fits

folder = sys.argv[1]
cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
# of one nJy
ZERO_POINT = 2.5 * np.log10(3.631e12)
FILES = {'lsst': ('total_%s.dat', 10), 'ztf': ('p48%s.txt', 1), 'des': ('decam_%s.txt', 1)}


def band(name):
    survey, letter = name.split('-')
    file, unit = FILES[survey]
    wavelength, transmission = np.loadtxt(join(folder, 'passbands', file % letter), usecols=(0, 1), unpack=True)
    return sncosmo.Bandpass(wavelength * unit, transmission, name=name)


def warped(wave, flux, warp):
    return np.clip(flux, 0, None) * 10 ** (-0.4 * warp * np.log(wave / 6000) / np.log(1.5))


def supernova(name, warp):
    table = np.loadtxt(lzma.open(join(folder, 'sed', f'v19-SN{name}.txt.xz')))
    phase, wave = np.unique(table[:, 0]), np.unique(table[:, 1])
    flux = warped(wave, table[:, 2].reshape(len(phase), len(wave)), warp)
    # spectra within a day of the first of them are averaged
    night, nights = np.zeros(len(phase), int), 0
    first = phase[0]
    for k, day in enumerate(phase):
        if day - first >= 1:
            nights, first = nights + 1, day
        night[k] = nights
    phase = np.array([phase[night == n].mean() for n in range(nights + 1)])
    flux = np.array([flux[night == n].mean(axis=0) for n in range(nights + 1)])
    return sncosmo.TimeSeriesSource(phase, wave, flux)


def member(number, warp):
    header, data = fits.getheader(join(folder, 'sed', '91bg_sequence_0.2.fits.gz')), fits.getdata(join(folder, 'sed', '91bg_sequence_0.2.fits.gz'))
    wave = header['CRVAL1'] + np.arange(header['NAXIS1']) * header['CDELT1']
    phase = header['CRVAL2'] + np.arange(header['NAXIS2']) * header['CDELT2']
    return sncosmo.TimeSeriesSource(phase, wave, warped(wave, data[number].astype(float), warp))


def salt(x1, c):
    def opened(name):
        return gzip.open(join(folder, 'salt3', f'salt3_{name}.dat.gz'), 'rt')
    source = sncosmo.SALT3Source(m0file=opened('template_0'), m1file=opened('template_1'), clfile=opened('color_correction'), cdfile=opened('color_dispersion'),
                                 lcrv00file=opened('lc_variance_0'), lcrv11file=opened('lc_variance_1'), lcrv01file=opened('lc_covariance_01'))
    source.set(x0=1, x1=x1, c=c)
    return source


def flux(source, redshift, name, phase, ebv=0, rv=3.1):
    model = sncosmo.Model(source, effects=[sncosmo.CCM89Dust()], effect_names=['host'], effect_frames=['rest'])
    model.set(z=redshift, t0=0, hostebv=ebv, hostr_v=rv)
    dimming = 10 ** (-0.4 * cosmology.distmod(redshift).value)
    return model.bandflux(band(name), phase * (1 + redshift), zp=ZERO_POINT, zpsys='ab') * dimming


def table(name, rows, source):
    print(f'const {name} = [')
    for row in rows:
        parts, (redshift, band_name, phase, *dust) = row
        value = flux(source(*parts), redshift, band_name, phase, *dust)
        print('  [' + ', '.join(f"'{x}'" if isinstance(x, str) else f'{x}' for x in (*parts, redshift, band_name, phase, *dust)) + f', {value:.6g}],')
    print(']')


# x1, c, then redshift, band, rest-frame phase
table('SALT', [
    ((0, 0), (0.01, 'ztf-g', 0)), ((0, 0), (0.05, 'ztf-r', 20.4)), ((1, -0.1), (0.1, 'ztf-i', -7.5)), ((-2, 0.3), (0.06, 'ztf-g', 33.3)),
    ((0.5, 0.1), (0.3, 'lsst-u', -3)), ((-1, 0), (0.5, 'lsst-g', 5.2)), ((2, -0.2), (0.59, 'lsst-r', -10.5)), ((0, 0.8), (0.2, 'lsst-i', 15)),
    ((1.5, 0.05), (0.9, 'des-z', 0.5)), ((-0.7, -0.05), (0.03, 'lsst-y', 25.6)), ((0.3, 0.2), (0.4, 'des-z', 44.5)), ((-2.5, 0.1), (0.25, 'des-g', 2))], salt)
# member of the sequence, colour warp, then redshift, band, rest-frame phase, E(B-V) and R_V of the host
table('SEQUENCE_91BG', [
    ((0, 0), (0.01, 'ztf-g', 0, 0, 3.1)), ((1, 0.1), (0.04, 'ztf-r', 10.5, 0.1, 2.6)), ((2, -0.1), (0.08, 'ztf-i', 25.5, 0.3, 2.6)), ((3, 0), (0.02, 'lsst-u', -3, 0.05, 2.6)),
    ((4, 0.2), (0.2, 'lsst-g', 4.3, 0, 2.6)), ((5, 0), (0.3, 'lsst-r', 40.5, 0.2, 2.6)), ((6, -0.2), (0.5, 'lsst-i', 2.5, 0.4, 3.1)), ((0, 0), (0.1, 'lsst-z', 60, 0.1, 2.6)),
    ((3, 0.1), (0.05, 'lsst-y', 18.2, 0, 2.6)), ((6, 0), (0.15, 'des-g', 7.7, 0.15, 2.6))], member)
# supernova, colour warp, then the same
STRIPPED = [
    (('2006T', 0), (0.01, 'ztf-g', 0, 0, 3.1)), (('2011ei', 0.1), (0.03, 'ztf-r', 14.5, 0.2, 3.1)), (('2004gv', -0.1), (0.07, 'ztf-i', -6, 0.1, 2.5)),
    (('2005bf', 0), (0.1, 'lsst-u', -10.2, 0.05, 3.1)), (('2007Y', 0.2), (0.2, 'lsst-g', 3.3, 0.3, 4)), (('2004fe', 0), (0.35, 'lsst-r', 40.2, 0, 3.1)),
    (('2013ge', -0.2), (0.5, 'lsst-i', 5, 0.6, 3.1)), (('2020oi', 0), (0.05, 'lsst-z', 80.5, 0.1, 2.2)), (('1998bw', 0.15), (0.02, 'lsst-y', 12, 0.2, 3.1)),
    (('2009bb', 0), (0.15, 'des-g', -2.5, 1, 3.1)), (('2012ap', 0), (0.25, 'des-z', 22.2, 0.2, 3.5)), (('2010al', 0), (0.6, 'des-i', 8.8, 0.05, 3.1))]
table('STRIPPED', STRIPPED, supernova)
HYDROGEN = [
    (('2009N', 0), (0.01, 'ztf-g', 0, 0, 3.1)), (('2009N', 0.1), (0.03, 'ztf-r', 75.4, 0.2, 3.1)), (('2009kr', -0.1), (0.07, 'ztf-i', -6, 0.1, 2.6)),
    (('2009kr', 0), (0.1, 'lsst-u', 4.2, 0.05, 3.1)), (('2013fs', 0.2), (0.2, 'lsst-g', 3.3, 0.3, 3.6)), (('2013fs', 0), (0.35, 'lsst-r', 50.2, 0, 3.1)),
    (('2020fqv', 0), (0.5, 'lsst-i', 5, 0.6, 3.1)), (('2008fq', 0), (0.05, 'lsst-z', 61.1, 0.1, 3.1)), (('2008fq', 0.15), (0.02, 'lsst-y', 12, 0.2, 3.1)),
    (('2006aa', 0), (0.15, 'des-g', -20.5, 0.5, 3.1)), (('2009ip', 0), (0.25, 'des-z', 61, 0.2, 3.5)), (('2009ip', 0), (0.6, 'des-i', 1.4, 0.05, 3.1))]
table('HYDROGEN', HYDROGEN, supernova)
