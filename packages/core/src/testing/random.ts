/** Makes a source of repeatable chance: the same seed gives the same numbers, from 0 (included) to 1 (excluded). */
export function createRandom(seed: number): () => number {
  // Why: a multiplicative congruential generator modulo the Mersenne prime 2^31-1 stays exact in doubles (Park-Miller).
  const modulus = 2_147_483_647
  let state = (Math.abs(Math.trunc(seed)) % (modulus - 1)) + 1
  const next = (): number => {
    state = (state * 48_271) % modulus
    return (state - 1) / (modulus - 1)
  }
  // Why: neighbouring seeds begin with neighbouring numbers.
  for (let i = 0; i < 8; i++) next()
  return next
}

// [wire] P§1.1: ids are 26 lower-case characters of Crockford's base32.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** An id as the server makes them: 26 lower-case Crockford base32 characters. */
export function randomId(random: () => number): string {
  let id = ''
  for (let i = 0; i < 26; i++) id += ALPHABET.charAt(Math.floor(random() * ALPHABET.length))
  return id
}
