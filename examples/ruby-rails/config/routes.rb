Rails.application.routes.draw do
  resources :lights, only: %i[index show]
end
