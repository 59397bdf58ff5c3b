"""Colours and times of real superluminous supernovae and tidal disruptions, that their classes in src/simulator were set beside.

python thermal-medians.py FOLDER, where FOLDER holds ztf-slsn/ and ztf-tde/ (SNANA text, unpacked). Observer's days, g as
ZTF has it; points above 5 sigma, one a night. Needs numpy.
"""
import glob
import sys
import numpy as np


def bands(path):
    rows = [line.split()[1:] for line in open(path) if line.startswith('OBS:')]
    for band in 'gr':
        points = np.array([(float(r[0]), float(r[3])) for r in rows if r[1] == band and float(r[3]) > 5 * float(r[4])])
        if len(points) < 6:
            return
        nights = np.floor(points[:, 0])
        yield np.array([(night, points[nights == night, 1].mean()) for night in np.unique(nights)]).T


def magnitude(curve, time):
    near = np.abs(curve[0] - time) < 4
    return -2.5 * np.log10(curve[1][near].mean()) if near.any() else np.nan


for name in ['ztf-slsn', 'ztf-tde']:
    found = {}
    for path in glob.glob(f'{sys.argv[1]}/{name}/*'):
        curves = list(bands(path))
        if len(curves) < 2:
            continue
        (times, flux), red = curves
        smooth = np.array([np.average(flux, weights=np.exp(-0.5 * ((times - time) / 3) ** 2)) for time in times])
        top = smooth.argmax()
        before, after = [[k for k in part if smooth[k] < smooth[top] / 2] for part in (range(top), range(top, len(times)))]
        values = {f'g-r after {days} d': magnitude(curves[0], times[top] + days) - magnitude(red, times[top] + days) for days in (0, 30, 60)}
        values |= {f'fall of r in {days} d': magnitude(red, times[top] + days) - magnitude(red, times[top]) for days in (30, 60)}
        values['half rise'] = times[top] - times[before[-1]] if before else np.nan
        values['half fall'] = times[after[0]] - times[top] if after else np.nan
        for key, value in values.items():
            found.setdefault(key, []).append(value)
    for key, values in found.items():
        known = np.array(values)[np.isfinite(values)]
        print(f'{name} {key:16s} {len(known):3d} objects, 5, 25, 50, 75, 95 %:', *np.round(np.percentile(known, [5, 25, 50, 75, 95]), 2))
