/** Certificates of an authority that nobody else knows, made by openssl. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificates {
  /** PEM file of the authority. */
  authority: string
  /** PEM: key and certificate of localhost. */
  keyAndCertificate: string
}

export function makeCertificates (folder: string): Certificates {
  const openssl = (...args: string[]): void => { execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }) }
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...curve, '-days', '2', '-subj', '/CN=Authority of a test', '-keyout', 'authority-key.pem', '-out', 'authority.pem')
  openssl('req', ...curve, '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'request.pem')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  openssl('x509', '-req', '-in', 'request.pem', '-CA', 'authority.pem', '-CAkey', 'authority-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'certificate.pem')
  return { authority: join(folder, 'authority.pem'), keyAndCertificate: ['key.pem', 'certificate.pem'].map(name => readFileSync(join(folder, name), 'utf8')).join('') }
}
