import { crc32, inflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asset, assetDataUrl, readAsset, resolveAssets } from './assets.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { encodePng } from './png.ts'

describe('assets', () => {
  it.each([
    ['image.svg', 'image/svg+xml', '<svg'],
    ['preview-1.png', 'image/png', '\u0089PNG'],
    ['preview-2.png', 'image/png', '\u0089PNG'],
    ['preview-3.png', 'image/png', '\u0089PNG'],
    ['image.png', 'image/png', '\u0089PNG'],
    ['audio.wav', 'audio/wav', 'RIFF'],
    ['video.webm', 'video/webm', '\u001AE\u00DF\u00A3'],
    ['text.txt', 'text/plain; charset=utf-8', 'A fox'],
  ])('%s is %s and begins as one', (name, contentType, magic) => {
    const found = readAsset(name)
    expect(found?.contentType).toBe(contentType)
    expect(String.fromCharCode(...(found?.bytes.subarray(0, magic.length) ?? []))).toBe(magic)
  })

  it('is made once', () => {
    expect(readAsset('image.png')).toBe(readAsset('image.png'))
    expect(assetDataUrl('image.png')).toBe(assetDataUrl('image.png'))
  })

  it('comes nearer to the image with each preview', () => {
    const pixelsOf = (name: string): Uint8Array => readPixels(readAsset(name)?.bytes ?? new Uint8Array(0))
    const image = pixelsOf('image.png')
    const distances = ['preview-1.png', 'preview-2.png', 'preview-3.png'].map((name) => {
      const preview = pixelsOf(name)
      expect(preview).toHaveLength(image.length)
      return (
        preview.reduce((sum, level, index) => sum + Math.abs(level - (image[index] ?? 0)), 0) / image.length
      )
    })
    expect(distances.toSorted((a, b) => b - a)).toEqual(distances)
    expect(distances.at(-1)).toBeLessThan(12)
    expect(distances[0]).toBeGreaterThan(15)
  })

  it('is a sound that is heard and not cut off', () => {
    const { bytes = new Uint8Array(0) } = readAsset('audio.wav') ?? {}
    const view = new DataView(bytes.buffer)
    const levels = Array.from({ length: (bytes.length - 44) / 2 }, (_, index) =>
      view.getInt16(44 + index * 2, true),
    )
    const peak = levels.reduce((most, level) => Math.max(most, Math.abs(level)), 0) / 32_767
    expect(peak).toBeGreaterThan(0.4)
    expect(peak).toBeLessThan(0.95)
    expect(Math.abs(levels.at(-1) ?? 1)).toBeLessThan(10)
    expect(view.getUint32(4, true)).toBe(bytes.length - 8)
  })

  it('knows no other', () => {
    expect(readAsset('toString')).toBeNull()
    expect(assetDataUrl('nothing.png')).toBeNull()
  })

  it('is a data URL where there is no server', () => {
    const url = assetDataUrl('text.txt') ?? ''
    expect(url.startsWith('data:text/plain;charset=utf-8;base64,')).toBe(true)
    expect(new TextDecoder().decode(fromBase64(url.slice(url.indexOf(',') + 1)))).toContain('🌙')
  })

  it('gets its address wherever it stands in a value', () => {
    const value = { a: [asset('image.png'), { b: asset('text.txt') }], c: 1 }
    expect(resolveAssets(value, (name) => `x/${name}`)).toEqual({
      a: ['x/image.png', { b: 'x/text.txt' }],
      c: 1,
    })
  })

  it('leaves a value without assets as it is, the reference too', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(resolveAssets(value, () => expect.unreachable())).toBe(value)
      }),
    )
  })
})

/** The levels of a PNG that {@link encodePng} has made, row by row. */
function readPixels(file: Uint8Array<ArrayBuffer>): Uint8Array {
  const view = new DataView(file.buffer)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const rowBytes = width * 3
  // Inflating checks the Adler checksum.
  const rows = inflateSync(file.subarray(41, 41 + view.getUint32(33)))
  expect(rows).toHaveLength((1 + rowBytes) * height)
  const pixels = new Uint8Array(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * (1 + rowBytes), (y + 1) * (1 + rowBytes))
    expect(row[0]).toBe(2)
    for (let at = 0; at < rowBytes; at++) {
      const above = y === 0 ? 0 : (pixels[(y - 1) * rowBytes + at] ?? 0)
      pixels[y * rowBytes + at] = (row[at + 1] ?? 0) + above
    }
  }
  return pixels
}

it('encodes PNGs whose pixels can be read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (width, height) => {
      const png = encodePng(width, height, (x, y) => [(x * 7) & 255, (x * y) & 255, y & 255])
      const wanted = Array.from({ length: width * height }, (_, index) => {
        const [x, y] = [index % width, Math.floor(index / width)]
        return [(x * 7) & 255, (x * y) & 255, y & 255]
      })
      expect(Buffer.compare(readPixels(png), Uint8Array.from(wanted.flat()))).toBe(0)
      const data = png.subarray(37, 41 + new DataView(png.buffer).getUint32(33))
      expect(new DataView(png.buffer).getUint32(37 + data.length)).toBe(crc32(data))
    }),
    { numRuns: 30 },
  )
})

it('reads back the base64 that it writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }),
  )
  expect(toBase64('loading\n')).toBe('bG9hZGluZwo=')
})
