// dmn-js with decision tables only: no requirement diagram, no other expression languages, no popups for dates, for
// which a cell is written just as easily.
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import Editor from 'dmn-js-decision-table/lib/Editor';
import Viewer from 'dmn-js-decision-table/lib/Viewer';
import expressionLanguage from 'dmn-js-decision-table/lib/features/expression-language';
import dateEdit from 'dmn-js-decision-table/lib/features/simple-date-edit';
import dateTimeEdit from 'dmn-js-decision-table/lib/features/simple-date-time-edit';
import durationEdit from 'dmn-js-decision-table/lib/features/simple-duration-edit';
import timeEdit from 'dmn-js-decision-table/lib/features/simple-time-edit';
import viewDrd from 'dmn-js-decision-table/lib/features/view-drd';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';

const LEFT_OUT = new Set([ expressionLanguage, dateEdit, dateTimeEdit, durationEdit, timeEdit, viewDrd ]);
const kept = modules => modules.filter(module => !LEFT_OUT.has(module));

class TableEditor extends Editor {
  getModules() { return kept(super.getModules()); }
}

class TableViewer extends Viewer {
  getModules() { return kept(super.getModules()); }
}

const opens = element => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable');

/** Opens the decision tables of a DMN file, to be edited. */
export class Tables extends EditingManager {
  _getViewProviders() { return [ { id: 'decisionTable', constructor: TableEditor, opens } ]; }
}

/** Opens the decision tables of a DMN file, to be read. */
export class ReadTables extends EditingManager {
  _getViewProviders() { return [ { id: 'decisionTable', constructor: TableViewer, opens } ]; }
}
