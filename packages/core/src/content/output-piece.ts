import type { FileKind } from './file-kind.ts'

/** What all pieces of an output have. */
interface PieceBase {
  /** Where it stands in the output, such as `images[0]`; the same each time, and no two pieces have the same. */
  readonly key: string
  /** The name of a file, else of the field that it stands in; at most 200 characters, `''` for the output itself. */
  readonly name: string
}

/** A file: media where `kind` says so, else something to open or download. */
export interface FilePiece extends PieceBase {
  readonly kind: FileKind
  /** Passed the URL policy as media, or as a link where `kind` is `file`. */
  readonly url: string
  /** In small letters, without parameters; `null` when nobody said it. */
  readonly mimeType: string | null
  /** `null` when nobody said it. */
  readonly sizeBytes: number | null
  /** Pixels; `null` when nobody said it. */
  readonly width: number | null
  /** Pixels; `null` when nobody said it. */
  readonly height: number | null
}

/** Words. */
export interface TextPiece extends PieceBase {
  readonly kind: 'text'
  readonly text: string
  /** Whether it is an address that the URL policy refused: show it, and never as a link. */
  readonly blocked: boolean
}

/** Anything else. */
export interface JsonPiece extends PieceBase {
  readonly kind: 'json'
  readonly value: unknown
}

/** A part of an output, as what it is. */
export type OutputPiece = FilePiece | TextPiece | JsonPiece
