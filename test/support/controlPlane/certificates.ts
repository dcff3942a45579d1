import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bitString,
  boolean,
  der,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  utcTime,
  utf8String,
} from './der.ts';

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a certificate is for. `hosts` (DNS names and IP addresses) make a server certificate of it. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly hosts?: readonly string[];
}

/** A certificate authority of our own: nothing outside the control plane it was made for trusts it. */
export interface CertificateAuthority {
  readonly certPem: string;
  readonly keyPem: string;
  issue(request: CertificateRequest): KeyPair;
}

// Written here because node:crypto reads X.509 but cannot sign it, and the libraries that can bring 19 packages and a
// global polyfill (@peculiar/x509 2.2) or assume a program users may not have (openssl). RFC 5280 section 4 has the layout.
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const VALID_FOR_MS = 365 * 24 * 3_600_000;
const CLOCK_SKEW_MS = 3_600_000;

/** Makes a new authority with a P-256 key, valid for a year. */
export function createCertificateAuthority(commonName: string): CertificateAuthority {
  const { publicKey, privateKey } = newKey();
  const subject = { commonName };
  const authority = { name: distinguishedName(subject), key: privateKey, keyId: keyIdentifier(publicKey) };
  const extensions = [
    extension('2.5.29.19', sequence(boolean(true)), true), // basicConstraints: CA
    extension('2.5.29.15', bitString(Buffer.from([0b1000_0110]), 1), true), // digitalSignature, keyCertSign, cRLSign
  ];
  const issue = (request: CertificateRequest): KeyPair => {
    const key = newKey();
    return {
      certPem: signCertificate(authority, request, key.publicKey, leafExtensions(request)),
      keyPem: pem(key.privateKey),
    };
  };
  return { certPem: signCertificate(authority, subject, publicKey, extensions), keyPem: pem(privateKey), issue };
}

/** A fresh P-256 pair as PEM, for signing ServiceAccount tokens. */
export function createSigningKey(): { readonly publicPem: string; readonly privatePem: string } {
  const { publicKey, privateKey } = newKey();
  return { publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privatePem: pem(privateKey) };
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();

interface Issuer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

function signCertificate(
  issuer: Issuer,
  subject: CertificateRequest,
  key: KeyObject,
  extensions: readonly Buffer[],
): string {
  const nowMs = Date.now();
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    issuer.name,
    sequence(utcTime(new Date(nowMs - CLOCK_SKEW_MS)), utcTime(new Date(nowMs + VALID_FOR_MS))),
    distinguishedName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octetString(keyIdentifier(key))), // subjectKeyIdentifier
        extension('2.5.29.35', sequence(der(0x80, issuer.keyId))), // authorityKeyIdentifier
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, issuer.key);
  const base64 = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

// The API server reads the user from CN and the groups from every O.
function distinguishedName({ commonName, organizations = [] }: CertificateRequest): Buffer {
  const attribute = (id: string, value: string) => setOf(sequence(objectIdentifier(id), utf8String(value)));
  return sequence(...organizations.map((name) => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName));
}

function leafExtensions({ hosts }: CertificateRequest): readonly Buffer[] {
  const usage = hosts ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'; // serverAuth, clientAuth
  const extensions = [
    extension('2.5.29.15', bitString(Buffer.from([0b1000_0000]), 7), true), // keyUsage: digitalSignature
    extension('2.5.29.37', sequence(objectIdentifier(usage))),
  ];
  return hosts ? [...extensions, extension('2.5.29.17', sequence(...hosts.map(generalName)))] : extensions;
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function generalName(host: string): Buffer {
  if (isIPv4(host)) return der(0x87, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return der(0x87, ipv6Bytes(host));
  return der(0x82, Buffer.from(host, 'ascii'));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
