/** One line of the log of a training run, counted from 1: the same number, the same line. */
export function trainingLine(number: number): string {
  const wobble = Math.sin(number * 12.9898) * 0.5 + Math.sin(number * 0.37) * 0.5
  const loss = 0.38 + 2.4 * Math.exp(-number / 900) + wobble * 0.06
  const seconds = (number / 450).toFixed(2).padStart(6)
  if (number % 1000 === 0) return `${seconds}  saved checkpoint-${number} (1.3 GB)`
  if (number % 250 === 0)
    return `${seconds}  validation  loss ${(loss + 0.05).toFixed(4)}  accuracy ${(0.97 - loss / 5).toFixed(3)}`
  if (number % 777 === 0)
    return `${seconds}  warning: gradient norm ${(4.1 + wobble).toFixed(2)} was clipped to 1.00`
  const rate = (3e-4 * Math.max(0.05, 1 - number / 5600)).toExponential(2)
  return `${seconds}  step ${String(number).padStart(5)}  loss ${loss.toFixed(4)}  lr ${rate}  ${(446 + wobble * 9).toFixed(1)} samples/s`
}
