/**
 * What protobuf and Baileys hand over, as plain JSON: 64-bit numbers become
 * texts, bytes base64, errors their code.
 */

const depthMax = 32;

/** Nothing that anybody but a WhatsApp client has a use for, and much of it. */
const needless = new Set([
  'jpegThumbnail', 'pngThumbnail', 'thumbnailDirectPath', 'thumbnailSha256',
  'thumbnailEncSha256', 'thumbnailHeight', 'thumbnailWidth', 'mediaKey',
  'mediaKeyTimestamp', 'fileSha256', 'fileEncSha256', 'directPath',
  'firstScanSidecar', 'firstScanLength', 'scansSidecar', 'scanLengths',
  'streamingSidecar', 'midQualityFileSha256', 'midQualityFileEncSha256',
  'waveform', 'messageContextInfo', 'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage', 'messageSecret',
  'staticUrl', 'botMessageSecret', 'messageAssociation',
]);

/**
 * @param {unknown} value
 * @returns {any} undefined for what has no place in JSON
 */
export function plain(value, depth = 0) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return value;
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint')
    return value.toString();
  if (typeof value !== 'object' || depth > depthMax)
    return undefined;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      .toString('base64');
  if (isLong(value))
    return longText(value);
  if (value instanceof Date)
    return value.toISOString();
  if (value instanceof Error)
    return plainError(value);
  if (Array.isArray(value))
    return value.map((one) => plain(one, depth + 1) ?? null);
  return plainObject(typeof value.toJSON === 'function' ? value.toJSON() : value,
                     depth);
}

function plainObject(value, depth) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return plain(value, depth + 1);
  if (value.type === 'Buffer' && Array.isArray(value.data))
    return Buffer.from(value.data).toString('base64');
  const out = {};
  // The address of a file that is encrypted is of no use without its key.
  const isEncrypted = Boolean(value.mediaKey || value.directPath);
  for (const [name, member] of Object.entries(value)) {
    if (needless.has(name) || (name === 'url' && isEncrypted))
      continue;
    const one = plain(member, depth + 1);
    if (one !== undefined)
      out[name] = one;
  }
  return out;
}

function isLong(value) {
  return typeof value.low === 'number' && typeof value.high === 'number'
    && 'unsigned' in value;
}

function longText({ low, high, unsigned }) {
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return (unsigned ? bits : BigInt.asIntN(64, bits)).toString();
}

function plainError(error) {
  const statusCode = error.output?.statusCode;
  return {
    message: String(error.message).slice(0, 200),
    ...(statusCode ? { output: { statusCode } } : {}),
  };
}

/** A number out of any of the forms that protobuf has for it; 0 for none. */
export function numberOf(value) {
  if (value && typeof value === 'object' && isLong(value))
    return Number(longText(value));
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}
