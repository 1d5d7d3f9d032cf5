import type { FileWire } from '../protocol/inference/wire-types.ts'
import { readAsset } from './assets.ts'
import { readJsonObject, type Handler } from './server.ts'
import type { StoredFile } from './stored-files.ts'

// [wire] P§14: the lifetime of upload addresses is unknown; 15 minutes is the default chosen there.
const UPLOAD_LIFETIME_MS = 15 * 60_000

/** `POST /files`: announces files and answers where to put them (P§8). */
export const createFiles: Handler = async ({ request, url }, { responder, files, newId, settings }) => {
  const body = await readJsonObject(request)
  const asked = Array.isArray(body?.files) ? (body.files as readonly unknown[]) : null
  if (asked === null || asked.length === 0)
    return responder.problem(400, 'files must be a list with a file in it')
  const answers: FileWire[] = []
  for (const item of asked) {
    const announced = readAnnounced(item)
    if (announced === null) {
      return responder.problem(400, 'each file needs a content_type, and a size in bytes if it has one')
    }
    const { filename, contentType, sizeBytes } = announced
    const [id, uploadSignature, readSignature] = [newId(), newId(), newId()]
    const uploadUntilMs = settings.clock.now() + UPLOAD_LIFETIME_MS
    files.add({ ...announced, id, uploadSignature, readSignature, uploadUntilMs })
    answers.push({
      id,
      uri: `${url.origin}/files/${id}/${encodeURIComponent(filename)}?sig=${readSignature}`,
      upload_url: `${url.origin}/uploads/${id}?sig=${uploadSignature}`,
      content_type: contentType,
      size: sizeBytes ?? 0,
      filename,
    })
  }
  return responder.ok(answers)
}

/** `PUT` of the bytes, as signed storage takes them: the declared type and size, and no `Authorization`. */
export const uploadFile: Handler = async ({ request, url, params: [id = ''] }, server) => {
  const { responder, files, counters, settings } = server
  const file = files.find(id)
  if (file === null || url.searchParams.get('sig') !== file.uploadSignature) {
    return responder.problem(403, 'the signature of the upload address does not fit')
  }
  if (settings.clock.now() > file.uploadUntilMs)
    return responder.problem(403, 'the upload address has expired')
  if (request.headers.has('authorization')) {
    return responder.problem(400, 'a signed upload takes no Authorization: the key must not leave the API')
  }
  if (request.headers.get('content-type') !== file.contentType) {
    return responder.problem(403, `the upload was signed for the content type ${file.contentType}`)
  }
  const bytes = await request.arrayBuffer()
  if (file.sizeBytes !== null && bytes.byteLength !== file.sizeBytes) {
    return responder.problem(400, `${file.sizeBytes} bytes were announced, ${bytes.byteLength} came`)
  }
  files.fill(id, bytes)
  counters.uploads++
  counters.uploadedBytes += bytes.byteLength
  return responder.raw(null, 200, {})
}

/** `GET` of an uploaded file, by its signed address. */
export const readFile: Handler = ({ url, params: [id = ''] }, { responder, files }) => {
  const file = files.find(id)
  const bytes = file?.bytes ?? null
  if (file === null || bytes === null || url.searchParams.get('sig') !== file.readSignature) {
    return responder.problem(404, 'file not found')
  }
  return responder.raw(bytes, 200, {
    'content-type': file.contentType,
    'x-content-type-options': 'nosniff',
  })
}

/** `GET` of a file that the simulator makes itself. */
export const readAssetFile: Handler = ({ params: [name = ''] }, { responder }) => {
  const found = readAsset(name)
  return found === null
    ? responder.problem(404, 'asset not found')
    : responder.raw(found.bytes, 200, { 'content-type': found.contentType })
}

function readAnnounced(item: unknown): Pick<StoredFile, 'filename' | 'contentType' | 'sizeBytes'> | null {
  if (typeof item !== 'object' || item === null) return null
  const { filename, content_type: contentType, size } = item as Readonly<Record<string, unknown>>
  if (typeof contentType !== 'string') return null
  // [wire] P§8: the published client says no name where there is none, and no size of what comes as text.
  const name = typeof filename === 'string' && filename !== '' ? filename : 'file'
  if (size === undefined || size === null) return { filename: name, contentType, sizeBytes: null }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return null
  return { filename: name, contentType, sizeBytes: size }
}
