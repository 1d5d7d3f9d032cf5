import type { TaskProgressProps } from '@taskstream/react'

/** Every word that the stories show, in German. */
export const germanLabels: NonNullable<TaskProgressProps['labels']> = {
  task: 'Aufgabe',
  status: {
    received: 'Angenommen',
    queued: 'In der Warteschlange',
    scheduled: 'Rechner gefunden',
    preparing: 'Wird vorbereitet',
    serving: 'App startet',
    setting_up: 'Wird eingerichtet',
    running: 'Läuft',
    cancelling: 'Wird abgebrochen',
    uploading: 'Ergebnis wird gesichert',
    completed: 'Fertig',
    failed: 'Fehlgeschlagen',
    cancelled: 'Abgebrochen',
  },
  stageState: { passed: 'erledigt', skipped: 'übersprungen', stopped: 'hier beendet' },
  stage: {
    queued: 'Warten',
    preparing: 'Vorbereiten',
    running: 'Rechnen',
    uploading: 'Sichern',
    done: 'Fertig',
  },
  connection: {
    connecting: 'Verbinden',
    live: 'Verbunden',
    polling: 'Fragt nach',
    stalled: 'Kein Signal',
    reconnecting: 'Neu verbinden',
    closed: 'Getrennt',
  },
  cancel: 'Abbrechen',
  cancelling: 'Wird abgebrochen',
  retry: 'Noch einmal',
  eta: (duration) => `noch etwa ${duration}`,
  logs: 'Protokoll',
  partialOutput: 'Vorschau',
  output: 'Ergebnis',
  announce: { started: 'Aufgabe gestartet', completed: 'Aufgabe fertig' },
}
