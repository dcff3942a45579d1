import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { createCertificateAuthority } from './controlPlane/certificates.ts';

describe('certificates', () => {
  const authority = createCertificateAuthority('test-ca');
  const ca = new X509Certificate(authority.certPem);

  it('make an authority that signs itself', () => {
    expect(ca.ca).to.equal(true);
    expect(ca.verify(ca.publicKey)).to.equal(true);
    expect(ca.subject).to.equal('CN=test-ca');
  });

  it('make server certificates for names and addresses', () => {
    const hosts = ['localhost', '127.0.0.1', 'fd00:10:96::1', '::1', '2001:db8::'];
    const server = new X509Certificate(authority.issue({ commonName: 'server', hosts }).certPem);
    expect(server.verify(ca.publicKey)).to.equal(true);
    expect(server.checkIssued(ca)).to.equal(true);
    expect(server.checkHost('localhost')).to.equal('localhost');
    for (const address of hosts.slice(1)) expect(server.checkIP(address), address).to.equal(address);
    expect(server.checkIP('127.0.0.2')).to.equal(undefined);
  });

  it('make client certificates with a user and groups', () => {
    const pair = authority.issue({ commonName: 'jane', organizations: ['one', 'two'] });
    const client = new X509Certificate(pair.certPem);
    expect(client.subject.split('\n')).to.deep.equal(['O=one', 'O=two', 'CN=jane']);
    expect(client.checkPrivateKey(createPrivateKey(pair.keyPem))).to.equal(true);
    expect(client.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2']);
  });

  it('of one authority mean nothing to another', () => {
    const other = new X509Certificate(createCertificateAuthority('test-ca').certPem);
    const client = new X509Certificate(authority.issue({ commonName: 'jane' }).certPem);
    expect(client.verify(other.publicKey)).to.equal(false);
  });
});
