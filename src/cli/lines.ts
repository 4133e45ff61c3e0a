import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { unreadable } from '../adapters/files.js';
import { SubjectError } from '../contract/errors.js';

/**
 * The lines of a text file, unzipped where it is gzip.
 *
 * @throws {UsageError} where it cannot be read. @throws {SubjectError} where the gzip data is broken.
 */
export async function linesOf(path: string): Promise<readonly string[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw await unreadable(path, error);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes);
    } catch (error) {
      throw new SubjectError(`${path} holds broken gzip data: copy the file again.`, {
        cause: error,
      });
    }
  }
  return bytes.toString('utf8').split('\n');
}
