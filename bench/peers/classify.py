"""Classifies alerts in the usual way: decode with fastavro, features of the whole light curve in numpy, the whole light
curve through an LSTM of PyTorch. Rounds of framed alerts come in a file; each line on stdin is the number of a round, each
answer a JSON list of P(Ia), null where the light curve has nothing for the network.

usage: classify.py SCHEMA.avsc MODEL_FOLDER FRAMES BATCH
(FRAMES: for each round the number of its alerts, then each alert's length and its frame; numbers 4 bytes, big-endian)
"""
import io
import json
import struct
import sys

import fastavro
import numpy as np
import torch

# One process against one process, each on one core.
torch.set_num_threads(1)

# nJy for 1 FLUXCAL
NJY = 10 ** (0.4 * 3.9)
FLUX_SCALE, ERROR_SCALE = 10 * NJY, 5 * NJY
DETECTION_SNR, DAYS_BEFORE = 5, 30
BAND_OF = {band: k for k, band in enumerate('ugrizy')}


class Network(torch.nn.Module):
    """Stacked LSTM layers, and a head over h and its running mean; the weights are those of the folder."""

    def __init__(self, folder):
        super().__init__()
        self.model = model = json.load(open(f'{folder}/model.json'))
        values = np.fromfile(f'{folder}/weights.bin', '<f4')
        weights, at = {}, 0
        for spec in model['weights']:
            size = int(np.prod(spec['shape']))
            weights[spec['name']] = torch.from_numpy(values[at:at + size].reshape(spec['shape']).copy())
            at += size
        width, layers, inputs = model['width'], model['layers'], weights['lstm0/kernel'].shape[0] - model['width']
        self.lstm = torch.nn.LSTM(inputs, width, layers)
        self.dense = torch.nn.Linear(2 * width, model['headWidth'])
        self.out = torch.nn.Linear(model['headWidth'], 2)
        with torch.no_grad():
            for k in range(layers):
                kernel, below = weights[f'lstm{k}/kernel'].T, inputs if k == 0 else width
                getattr(self.lstm, f'weight_ih_l{k}').copy_(kernel[:, :below])
                getattr(self.lstm, f'weight_hh_l{k}').copy_(kernel[:, below:])
                getattr(self.lstm, f'bias_ih_l{k}').copy_(weights[f'lstm{k}/bias'])
                getattr(self.lstm, f'bias_hh_l{k}').zero_()
            for layer, name in (self.dense, 'head'), (self.out, 'logits'):
                layer.weight.copy_(weights[f'{name}/kernel'].T)
                layer.bias.copy_(weights[f'{name}/bias'])
        self.eval()

    def forward(self, features, lengths):
        """features [steps, rows, inputs] of light curves, the longest first; the logit of each after its last step."""
        packed = torch.nn.utils.rnn.pack_padded_sequence(features, lengths)
        _, (last, _) = result = self.lstm(packed)
        h, _ = torch.nn.utils.rnn.pad_packed_sequence(result[0])
        mean = h.sum(0) / lengths[:, None]
        logits = self.out(torch.relu(self.dense(torch.cat((last[-1], mean), 1))))
        return logits[:, 1] - logits[:, 0]


def light_curve(alert):
    """Time, band, flux and error of the points that the network is given; a detection stands over forced photometry."""
    points = {(source['visit'], source['band']): source for source in alert['prvDiaForcedSources'] or ()}
    for source in (*(alert['prvDiaSources'] or ()), alert['diaSource']):
        points[source['visit'], source['band']] = source
    curve = np.array([(p['midpointMjdTai'], BAND_OF[p['band']], p['psfFlux'], p['psfFluxErr']) for p in points.values()])
    curve = curve[np.argsort(curve[:, 0], kind='stable')]
    detected = curve[:, 2] > DETECTION_SNR * curve[:, 3]
    if not detected.any():
        return curve[:0]
    return curve[USED[curve[:, 1].astype(int)] & (curve[:, 0] >= curve[detected.argmax(), 0] - DAYS_BEFORE)]


def carried(values, where):
    """For each step the latest of values [rows, steps] where `where`; 0 before the first. Also whether there is one."""
    place = np.maximum.accumulate(np.where(where, np.arange(values.shape[1]), -1), 1)
    return np.where(place >= 0, np.take_along_axis(values, np.maximum(place, 0), 1), 0), place >= 0


def features(curves, lengths):
    """[rows, steps, inputs] of whole light curves at once; what lies behind a curve's end is not looked at."""
    rows, steps = len(curves), lengths[0]
    padded = np.zeros((rows, steps, 4))
    padded[:, :, 3] = 1
    for row, curve in enumerate(curves):
        padded[row, :len(curve)] = curve
    time, band, psf_flux, error = (padded[:, :, k] for k in range(4))
    snr = psf_flux / error
    flux, log_error = np.arcsinh(psf_flux / FLUX_SCALE), np.log(error / ERROR_SCALE)
    columns = [(time - time[:, :1]) / 50, np.diff(time, axis=1, prepend=time[:, :1]) / 10, flux]
    for used in BANDS:
        new = band == BAND_OF[used]
        last, seen = carried(time, new)
        # The greatest flux so far, and when it was first reached.
        bright = np.where(new & (snr > 3), flux, -np.inf)
        highest = np.maximum.accumulate(bright, 1)
        risen = np.isfinite(highest) & (highest > np.concatenate((np.full((rows, 1), -np.inf), highest[:, :-1]), 1))
        reached, peaked = carried(time, risen)
        columns += [new, carried(flux, new)[0], carried(log_error, new)[0], seen, np.where(seen, time - last, 0) / 10,
                    np.where(peaked, highest, 0), np.where(peaked, time - reached, 0) / 30]
    found = np.logical_or.accumulate(snr > DETECTION_SNR, 1)
    since = time - np.take_along_axis(time, found.argmax(1)[:, None], 1)
    columns += [np.arcsinh(snr / 3), np.arcsinh(np.maximum(np.maximum.accumulate(snr, 1), 0) / 3),
                np.where(found, 1 + since / 50, 0), np.log1p(np.cumsum(snr > 4, 1))]
    # Nothing is known of the host.
    columns += [np.zeros((rows, steps))] * 7
    return np.stack(columns, 2).astype(np.float32)


def calibrated(logit, epochs):
    calibration = network.model['calibration']
    slope, offset = 1.0, 0.0
    if knots := calibration.get('byEpochs'):
        at = np.log([knot['epochs'] for knot in knots])
        slope, offset = (np.interp(np.log(epochs), at, [knot[name] for knot in knots]) for name in ('slope', 'offset'))
    return 1 / (1 + np.exp(-(slope * logit / calibration['temperature'] + offset)))


def classify(frames):
    curves = [light_curve(fastavro.schemaless_reader(io.BytesIO(frame[5:]), schema)) for frame in frames]
    order = sorted((k for k, curve in enumerate(curves) if len(curve)), key=lambda k: -len(curves[k]))
    answer = [None] * len(frames)
    # Of about the same length together, as many steps as make a good batch: a long light curve is not to pad short ones.
    while order:
        together, order = order[:PORTION], order[PORTION:]
        lengths = np.array([len(curves[k]) for k in together])
        inputs = torch.from_numpy(features([curves[k] for k in together], lengths).swapaxes(0, 1).copy())
        with torch.inference_mode():
            logits = network(inputs, torch.from_numpy(lengths)).numpy().astype(float)
        for k, probability in zip(together, calibrated(logits, lengths)):
            answer[k] = float(probability)
    return answer


schema = fastavro.parse_schema(json.load(open(sys.argv[1])))
network = Network(sys.argv[2])
BANDS = network.model['bands']
USED = np.array([band in BANDS for band in 'ugrizy'])
PORTION = 128
BATCH = int(sys.argv[4])

rounds = []
with open(sys.argv[3], 'rb') as file:
    number = lambda: struct.unpack('>I', file.read(4))[0]
    for _ in range(number()):
        rounds.append([file.read(number()) for _ in range(number())])
print(f'fastavro {fastavro.__version__}, numpy {np.__version__}, PyTorch {torch.__version__}, Python {sys.version.split()[0]}', flush=True)
for line in sys.stdin:
    frames = rounds[int(line)]
    print(json.dumps([p for first in range(0, len(frames), BATCH) for p in classify(frames[first:first + BATCH])]), flush=True)
