class LightsController < ActionController::API
  LIGHTS = { "1" => "three flashes every ten seconds", "2" => "fixed, red to the north" }.freeze

  def index
    render json: { environment: Rails.env, lights: LIGHTS }
  end

  def show
    render json: { light: LIGHTS.fetch(params[:id]) }
  end
end
