import type { ReactElement } from 'react'
import type { FieldValue, InputField } from './elicitation-fields.ts'

/** Props of {@link ElicitationField}. */
export interface ElicitationFieldProps {
  readonly id: string
  readonly field: InputField
  readonly value: FieldValue
  /** What is wrong with the value; `null` where nothing is, or where nobody asked yet. */
  readonly problem: string | null
  readonly onChange: (value: FieldValue) => void
}

/** One field of a form: its name, what it is for, and what is wrong with it. */
export function ElicitationField(props: ElicitationFieldProps): ReactElement {
  const { id, field, value, problem, onChange } = props
  const { label, description, isRequired } = field
  const words = (
    <>
      {description !== null && (
        <span id={`${id}d`} data-slot="agent-chat-quiet" dir="auto">
          {description}
        </span>
      )}
      {problem !== null && (
        <span id={`${id}p`} data-slot="agent-chat-command-error">
          {problem}
        </span>
      )}
    </>
  )
  const described = [description === null ? '' : `${id}d`, problem === null ? '' : `${id}p`].join(' ').trim()
  const common = {
    id,
    'aria-invalid': problem !== null,
    'aria-required': isRequired,
    'aria-describedby': described === '' ? undefined : described,
  }
  if (field.kind === 'boolean') {
    return (
      <div data-slot="agent-chat-form-field">
        <label data-slot="agent-chat-choice">
          <input
            {...common}
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          <span dir="auto">{label}</span>
        </label>
        {words}
      </div>
    )
  }
  if (field.kind === 'choices') {
    const chosen = typeof value === 'object' ? value : []
    return (
      <div
        data-slot="agent-chat-form-field"
        role="group"
        aria-labelledby={`${id}l`}
        aria-describedby={common['aria-describedby']}
      >
        <FieldLabel id={`${id}l`} label={label} isRequired={isRequired} />
        {field.options.map((option) => (
          <label key={option.value} data-slot="agent-chat-choice">
            <input
              type="checkbox"
              aria-invalid={common['aria-invalid']}
              aria-describedby={problem === null ? undefined : `${id}p`}
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...chosen, option.value]
                    : chosen.filter((one) => one !== option.value),
                )
              }
            />
            <span dir="auto">{option.label}</span>
          </label>
        ))}
        {words}
      </div>
    )
  }
  const text = typeof value === 'string' ? value : ''
  return (
    <div data-slot="agent-chat-form-field">
      <label htmlFor={id}>
        <FieldLabel label={label} isRequired={isRequired} />
      </label>
      {field.kind === 'choice' ? (
        <select
          {...common}
          data-slot="agent-chat-field"
          value={text}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="" />
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          data-slot="agent-chat-field"
          type={field.kind === 'text' ? field.inputType : 'text'}
          inputMode={field.kind === 'text' ? undefined : field.kind === 'integer' ? 'numeric' : 'decimal'}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {words}
    </div>
  )
}

function FieldLabel({
  id,
  label,
  isRequired,
}: {
  readonly id?: string
  readonly label: string
  readonly isRequired: boolean
}): ReactElement {
  return (
    <span id={id} data-slot="agent-chat-form-label" dir="auto">
      {label}
      {isRequired && <span aria-hidden="true"> *</span>}
    </span>
  )
}
