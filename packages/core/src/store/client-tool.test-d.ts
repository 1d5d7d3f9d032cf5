/** What the types promise; checked by the compiler, never run. */
import { assertType, expectTypeOf } from 'vitest'
import { type AnyClientTool, type ClientToolContext, type ClientTools, clientTool } from './client-tool.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** As schema libraries have them: more than the standard, and an input that is not the output. */
interface LibrarySchema<Input, Output> extends StandardSchemaV1<Input, Output> {
  parse(value: unknown): Output
}
declare const place: LibrarySchema<{ precise?: string }, { precise: boolean }>

export const tools: ClientTools = [
  clientTool({
    name: 'typed by its schema',
    input: place,
    run: (args, context) => {
      expectTypeOf(args).toEqualTypeOf<{ precise: boolean }>()
      expectTypeOf(context).toEqualTypeOf<ClientToolContext>()
      // @ts-expect-error the schema knows no such name
      assertType(args.vague)
    },
  }),
  clientTool({
    name: 'typed by itself',
    input: { type: 'object', properties: { precise: { type: 'boolean' } } },
    run: ({ precise }: { readonly precise: boolean }) => precise,
  }),
  clientTool({
    name: 'of unknown arguments',
    run: (args) => {
      expectTypeOf(args).toBeUnknown()
    },
  }),
  clientTool({
    name: 'with a schema that knows nothing',
    input: { type: 'object' },
    run: (args) => {
      expectTypeOf(args).toBeUnknown()
    },
  }),
]

expectTypeOf(clientTool({ name: 'a', run: () => '' })).toEqualTypeOf<AnyClientTool>()

// @ts-expect-error a tool has a name
clientTool({ run: () => '' })
// @ts-expect-error a time is a number
clientTool({ name: 'a', timeoutMs: '5s', run: () => '' })
// @ts-expect-error a schema is an object
clientTool({ name: 'a', input: 'string', run: () => '' })
