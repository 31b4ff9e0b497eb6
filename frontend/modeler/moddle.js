// The extension elements and attributes that our engine reads, so that the editor can write them. What stands in a
// diagram and is not declared here is kept as it is.

const text = name => ({ name, isAttr: true, type: 'String' });
const body = name => ({ name, superClass: [ 'Element' ], properties: [ { name: 'value', isBody: true, type: 'String' } ] });
const extension = (name, of, names) => ({ name, extends: of, properties: names.map(text) });

export const camunda = {
  name: 'Camunda', uri: 'http://camunda.org/schema/1.0/bpmn', prefix: 'camunda', xml: { tagAlias: 'lowerCase' },
  associations: [],
  types: [
    extension('Assignable', [ 'bpmn:UserTask', 'bpmn:ManualTask' ],
      [ 'formKey', 'candidateGroups', 'candidateUsers', 'dueDate', 'assignee' ]),
    extension('DecisionCall', [ 'bpmn:BusinessRuleTask' ], [ 'decisionRef', 'resultVariable' ]),
    extension('ScriptResult', [ 'bpmn:ScriptTask' ], [ 'resultVariable' ])
  ]
};

export const spiffworkflow = {
  name: 'SpiffWorkflow', uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core', prefix: 'spiffworkflow',
  xml: { tagAlias: 'lowerCase' }, associations: [],
  types: [
    body('CalledDecisionId'), body('MessageVariable'), body('MessagePayload'), body('InstructionsForEndUser'),
    body('PreScript'), body('PostScript'),
    { name: 'Properties', superClass: [ 'Element' ],
      properties: [ { name: 'values', type: 'Property', isMany: true } ] },
    { name: 'Property', superClass: [ 'Element' ], properties: [ text('name'), text('value') ] },
    { name: 'ServiceTaskOperator', superClass: [ 'Element' ],
      properties: [ text('id'), text('resultVariable'), { name: 'parameterList', type: 'Parameters' } ] },
    { name: 'Parameters', superClass: [ 'Element' ],
      properties: [ { name: 'parameters', type: 'Parameter', isMany: true } ] },
    { name: 'Parameter', superClass: [ 'Element' ], properties: [ text('id'), text('type'), text('value') ] }
  ]
};
