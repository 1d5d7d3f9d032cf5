import MarkdownIt from 'markdown-it'
import { closeDelimiters } from './close-delimiters.ts'
import { isParagraphTooDeep } from './too-deep.ts'

type Parser = InstanceType<typeof MarkdownIt>
/** A token of the parser. */
export type Token = ReturnType<Parser['parse']>[number]
/** What the parser hands from rule to rule. */
export type ParserEnv = Parameters<Parser['parse']>[1]
/** State of the rules that read blocks. */
export type BlockState = InstanceType<Parser['block']['State']>
/** State of the rules that read lines. */
export type InlineState = InstanceType<Parser['inline']['State']>

/** Deepest nesting of blocks; what is deeper is a paragraph. */
const maxNesting = 50

/** What comes after `www.` in an address. */
type Validate = (text: string, at: number, linkifier: Parser['linkify']) => number

const afterWww: Validate = (text, at, linkifier) => {
  const rest = linkifier.re.get_relative_proto_validator()
  rest.lastIndex = at
  return rest.exec(text)?.[0].length ?? 0
}

/**
 * CommonMark with the tables, strikethrough and bare addresses of GitHub, no HTML. Blocks and lines are read apart:
 * `parser.block` makes the blocks, `parser.core` what stands in their lines.
 */
export const parser: Parser = createParser()

function createParser(): Parser {
  const made = new MarkdownIt({ html: false, linkify: true, maxNesting })
  made.core.ruler.enableOnly(['inline', 'linkify', 'text_join'])
  made.block.ruler.before('table', 'too_deep', isParagraphTooDeep)
  made.inline.ruler2.after('balance_pairs', 'close_delimiters', closeDelimiters)
  // Addresses stay as they were written: what shows them judges them once, by the URL parser of the browser.
  made.validateLink = () => true
  made.normalizeLink = (url) => url
  made.normalizeLinkText = (url) => url
  // `main.rs` and `README.md` are names of files, whatever top-level domains there are.
  made.linkify.set({ fuzzyLink: false, fuzzyIP: false, fuzzyEmail: true })
  made.linkify.add('ftp:', null).add('//', null)
  made.linkify.add('www.', {
    validate: afterWww,
    normalize: (match) => {
      match.url = `https://${match.url}`
    },
  })
  return made
}
